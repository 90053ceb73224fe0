// HCL text → tokens. Strings keep what stands in their interpolations, so that references inside them are seen.

export type HclTokenKind = 'word' | 'number' | 'string' | 'heredoc' | 'sign' | 'line end' | 'end';

export interface HclToken {
  readonly kind: HclTokenKind;
  readonly text: string;
  /** Offset in the file. */
  readonly at: number;
  /** Tokens of all interpolations and directives of a string or heredoc. */
  readonly inner?: readonly HclToken[];
}

/** Thrown inside the reader and turned into a value by it. */
export class HclError extends Error {
  constructor(
    readonly at: number,
    message: string,
  ) {
    super(message);
  }
}

const SPACE = /[ \t\r]+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const WORD = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const NUMBER = /\d+(\.\d+)?([eE][+-]?\d+)?/y;
const SIGN = /\.\.\.|\.\*|=>|==|!=|<=|>=|&&|\|\||::|[=+\-*/%<>!?:,.[\](){}~]/y;
/** Most words are ASCII, and the pattern for those is many times faster. */
const PLAIN_WORD = /[A-Za-z_][A-Za-z0-9_-]*(?![A-Za-z0-9_\u0080-\uFFFF-])/y;
const PATTERNS = [
  ['word', PLAIN_WORD],
  ['sign', SIGN],
  ['number', NUMBER],
  ['word', WORD],
] as const;
const HEREDOC = /<<-?([\p{ID_Start}_][\p{ID_Continue}-]*)\r?\n/uy;
const STRING_TEXT = /(?:[^"\\$%\n]|\\.|\$\$\{|%%\{|[$%](?!\{))+/y;

/** Cuts a whole file into tokens, line ends included. Throws {@link HclError}. */
export function tokenize(text: string): HclToken[] {
  const tokens: HclToken[] = [];
  const end = scan(text, text.startsWith('\uFEFF') ? 1 : 0, tokens, false);
  tokens.push({ kind: 'end', text: '', at: end });
  return tokens;
}

/** Scans up to the end, or inside a template up to the brace that closes it. Gives the offset behind. */
function scan(text: string, start: number, tokens: HclToken[], insideTemplate: boolean): number {
  let at = start;
  let depth = 0;
  while (at < text.length) {
    const space = match(SPACE, text, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const token = text[at] === '\n' ? { kind: 'line end' as const, text: '\n', at } : scanToken(text, at);
    if (insideTemplate && token.text === '}' && token.kind === 'sign' && depth === 0) return at + 1;
    if (token.kind === 'sign') depth += token.text === '{' ? 1 : token.text === '}' ? -1 : 0;
    tokens.push(token);
    at += token.text.length;
  }
  if (insideTemplate) throw new HclError(start, 'this interpolation is not closed');
  return at;
}

function scanToken(text: string, at: number): HclToken {
  if (text[at] === '"') return scanString(text, at);
  const heredoc = text.startsWith('<<', at) ? match(HEREDOC, text, at) : undefined;
  if (heredoc !== undefined) return scanHeredoc(text, at, heredoc);
  for (const [kind, pattern] of PATTERNS) {
    const found = match(pattern, text, at);
    if (found !== undefined) return { kind, text: found, at };
  }
  throw new HclError(at, `${JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0))} does not belong here`);
}

function scanString(text: string, start: number): HclToken {
  const inner: HclToken[] = [];
  let at = start + 1;
  for (;;) {
    at += match(STRING_TEXT, text, at)?.length ?? 0;
    if (text[at] === '"') return { kind: 'string', text: text.slice(start, at + 1), at: start, inner };
    if (text[at] !== '$' && text[at] !== '%') throw new HclError(start, 'this string is not closed on its line');
    at = scan(text, at + 2, inner, true);
  }
}

/** A heredoc ends at a line that holds its word and nothing else. */
function scanHeredoc(text: string, start: number, head: string): HclToken {
  const word = head.replace(/^<<-?/, '').trim();
  const body = start + head.length;
  const close = new RegExp(`^[ \\t]*${word}[ \\t]*\\r?$`, 'm');
  const found = close.exec(text.slice(body));
  if (found === null) throw new HclError(start, `this heredoc has no closing ${word}`);
  const end = body + found.index + found[0].trimEnd().length;
  const inner: HclToken[] = [];
  for (let at = body; at < body + found.index; at += 1) {
    if (text.startsWith('$${', at) || text.startsWith('%%{', at)) at += 2;
    else if (text.startsWith('${', at) || text.startsWith('%{', at)) at = scan(text, at + 2, inner, true) - 1;
  }
  return { kind: 'heredoc', text: text.slice(start, end), at: start, inner };
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
