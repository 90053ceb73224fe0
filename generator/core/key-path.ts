// A place inside an environment file, as the keys that lead to it.

/** Keys and list positions from the top of the file, e.g. `['network', 'subnets', 0]`. */
export type KeyPath = readonly (string | number)[];

/** Prints a key path the way people write it: `network.subnets[0]`. The empty path is the file itself. */
export function formatKeyPath(path: KeyPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[A-Za-z0-9_-]+$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `["${part}"]`;
  }
  return text;
}

/** Reads what {@link formatKeyPath} printed. */
export function parseKeyPath(text: string): KeyPath {
  return [...text.matchAll(/\["(.*?)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, quoted, index, name]) =>
    index === undefined ? (quoted ?? name ?? '') : Number(index),
  );
}
