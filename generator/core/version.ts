// The version of Rootstock itself, in one place that the build checks against package.json.

export const VERSION = '0.1.0';
