export const TEXT_EXTENSIONS: readonly string[];
export const TEXT_FILE: RegExp;
export const TEXT_LOADERS: Readonly<Record<string, 'text'>>;
