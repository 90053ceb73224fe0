// Recipes → values. The only place where Rootstock makes up secrets.
import { randomBytes, randomInt } from 'node:crypto';
import type { SecretRecipe } from '../core/blueprint.ts';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';
/** Signs that no shell, URL path, YAML or curl configuration reads as something else. */
const SIGNS = '-_.+';

/** Makes a value; undefined for a text, which is not made but worked out. */
export function makeValue(recipe: SecretRecipe): string | undefined {
  switch (recipe.kind) {
    case 'password':
      return pick(LOWER + UPPER + DIGITS, recipe.length);
    case 'strong-password':
      return makeStrong(recipe.length);
    case 'hex':
      return randomBytes(recipe.bytes).toString('hex');
    case 'base64':
      return randomBytes(recipe.bytes).toString('base64');
    case 'text':
      return undefined;
  }
}

/** Tries until every class is there: choosing a place for each would make some passwords likelier than others. */
function makeStrong(length: number): string {
  for (;;) {
    const password = pick(LOWER + UPPER + DIGITS + SIGNS, length);
    if ([LOWER, UPPER, DIGITS, SIGNS].every((signs) => [...password].some((sign) => signs.includes(sign))))
      return password;
  }
}

function pick(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
