// URLs and Git's own words → the same without passwords and tokens: nothing else of them is ever printed or stored.

const SHOWN = '***';
/** Shorter ones are hidden in URLs only: replaced everywhere they would garble every message. */
const SHORTEST_PASSWORD = 3;
/** GitHub and others take a token as the user name; names of people and bots are not hidden. */
const SHORTEST_TOKEN = 16;

/** A URL without password, token and query; `ssh://git@host/x.git` keeps its user. Other text stays as it is. */
export function maskUrl(url: string): string {
  const parts = splitUrl(url);
  if (parts === undefined) return url;
  const { scheme, user, secret, rest, query } = parts;
  if (user === undefined && query === '') return url;
  const kept = /^(?:git\+)?ssh:/i.test(scheme) && user !== undefined && !isToken(user) ? `${user}@` : '';
  return secret === undefined && query === '' && kept !== '' ? url : `${scheme}${kept}${rest}`;
}

/** Hides the secrets of a URL, in all forms in which a server or a tool echoes them, and those of any other URL. */
export function maskSecrets(text: string, url: string): string {
  let masked = text;
  for (const secret of listSecrets(url)) masked = masked.replaceAll(secret, SHOWN);
  return masked
    .replace(/[a-z][a-z0-9+.-]*:\/\/[^\s'"<>`]+/gi, (found) => maskUrl(found))
    .replace(/([a-z]%3A(?:%2F){2})[^\s'"<>`]*?%40/gi, '$1')
    .replace(/(Authorization:\s*\w+\s+)\S+/gi, `$1${SHOWN}`);
}

interface UrlParts {
  /** With its `://`. */
  readonly scheme: string;
  readonly user: string | undefined;
  readonly secret: string | undefined;
  readonly rest: string;
  readonly query: string;
}

/** Passwords with an unescaped `/` or `@` are cut at the last `@`: rather a URL too short than half a password. */
function splitUrl(url: string): UrlParts | undefined {
  const [, scheme, after = ''] = /^([a-z][a-z0-9+.-]*:\/\/)([\s\S]*)$/i.exec(url) ?? [];
  if (scheme === undefined) return undefined;
  const [authority = ''] = after.split('/');
  const hasUser = authority.includes('@') || (/:(?!\d*$)/.test(authority) && !authority.startsWith('['));
  const end = hasUser ? after.lastIndexOf('@') : -1;
  const address = after.slice(end + 1);
  const mark = /^https?:/i.test(scheme) ? address.indexOf('?') : -1;
  const [rest, query] = mark < 0 ? [address, ''] : [address.slice(0, mark), address.slice(mark + 1)];
  if (end < 0) return { scheme, user: undefined, secret: undefined, rest, query };
  const [, user = '', secret] = /^([^:]*)(?::([\s\S]*))?$/.exec(after.slice(0, end)) ?? [];
  return { scheme, user, secret, rest, query };
}

function isToken(user: string): boolean {
  return user.length >= SHORTEST_TOKEN;
}

/** Longest first, so that no part of one is left over. */
function listSecrets(url: string): readonly string[] {
  const { scheme = '', user = '', secret = '', query = '' } = splitUrl(url) ?? {};
  const words = [secret, ...query.split('&').map((pair) => pair.slice(pair.indexOf('=') + 1))].filter(
    (word) => word.length >= SHORTEST_PASSWORD,
  );
  if (isToken(user) || (secret === '' && /^http/i.test(scheme) && user.length >= SHORTEST_PASSWORD)) words.push(user);
  if (words.length > 0) words.push(Buffer.from(`${decode(user)}:${decode(secret)}`).toString('base64'));
  return [...new Set(words.flatMap(listForms))].sort((a, b) => b.length - a.length);
}

/** As given, decoded, encoded, encoded twice; hexadecimal digits in either case. */
function listForms(word: string): string[] {
  const plain = decode(word);
  const once = encodeURIComponent(plain);
  const forms = [word, plain, once, encodeURIComponent(once)];
  return [...forms, ...forms.map((form) => form.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()))];
}

function decode(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}
