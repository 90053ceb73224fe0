// HCL text → blocks and attributes with their places. Structure only: values stay tokens, checked for balance and order.
import type { TreeFile } from '../core/file-tree.ts';
import { HclError, type HclToken, tokenize } from './hcl-tokens.ts';

export interface ReadAttribute {
  readonly kind: 'attribute';
  readonly name: string;
  readonly at: number;
  /** Line ends at its top level are left out. */
  readonly value: readonly HclToken[];
}

export interface ReadBlock {
  readonly kind: 'block';
  readonly type: string;
  readonly labels: readonly string[];
  readonly at: number;
  readonly body: readonly ReadEntry[];
}

export type ReadEntry = ReadAttribute | ReadBlock;

export interface HclPlace {
  readonly line: number;
  readonly column: number;
}

export type HclReading =
  | { readonly ok: true; readonly body: readonly ReadEntry[]; placeOf(at: number): HclPlace }
  | { readonly ok: false; readonly place: HclPlace; readonly message: string };

const OPENING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const CLOSING = new Set(Object.values(OPENING));
/** Signs that may stand before an operand and need none before themselves. */
const PREFIX = new Set(['-', '!']);

const readings = new WeakMap<TreeFile, HclReading>();

/** Reads a file of the tree, once however many checks ask. */
export function readHclFile(file: TreeFile): HclReading {
  const known = readings.get(file);
  if (known !== undefined) return known;
  const reading = readHcl(file.content);
  readings.set(file, reading);
  return reading;
}

/** Reads HCL, or says where the first thing stands that is none. */
export function readHcl(text: string): HclReading {
  try {
    const reader = new Reader(tokenize(text));
    return { ok: true, body: reader.readBody('end'), placeOf: (at) => placeOf(text, at) };
  } catch (error) {
    if (error instanceof RangeError)
      return { ok: false, place: { line: 1, column: 1 }, message: 'it nests too deeply' };
    if (!(error instanceof HclError)) throw error;
    return { ok: false, place: placeOf(text, error.at), message: error.message };
  }
}

/** Text of a value that is one string without interpolations; undefined for anything else. */
export function findLiteral(value: readonly HclToken[]): string | undefined {
  const [token, ...others] = value;
  if (token?.kind !== 'string' || others.length > 0 || token.inner?.length !== 0) return undefined;
  return unquote(token.text);
}

/** Attributes of a value that is an object, by name; undefined for anything else. */
export function findObject(value: readonly HclToken[]): ReadonlyMap<string, readonly HclToken[]> | undefined {
  const [first] = value;
  if (first?.text !== '{' || first.kind !== 'sign' || value.at(-1)?.text !== '}') return undefined;
  const attributes = new Map<string, readonly HclToken[]>();
  for (const item of splitItems(value.slice(1, -1))) {
    const [name, sign, ...rest] = item;
    if (name === undefined || sign === undefined || (sign.text !== '=' && sign.text !== ':')) return undefined;
    attributes.set(name.kind === 'string' ? unquote(name.text) : name.text, rest);
  }
  return attributes;
}

/** All tokens of a value, those inside strings included, in order. */
export function* walkTokens(tokens: readonly HclToken[]): Generator<readonly HclToken[]> {
  yield tokens;
  for (const { inner } of tokens) if (inner !== undefined && inner.length > 0) yield* walkTokens(inner);
}

function splitItems(tokens: readonly HclToken[]): HclToken[][] {
  const items: HclToken[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === 'sign') depth += token.text in OPENING ? 1 : CLOSING.has(token.text) ? -1 : 0;
    if (depth === 0 && (token.kind === 'line end' || (token.kind === 'sign' && token.text === ','))) items.push([]);
    else items.at(-1)?.push(token);
  }
  return items.filter((item) => item.length > 0);
}

const UNESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

function unquote(text: string): string {
  return text
    .slice(1, -1)
    .replace(/\\u([0-9A-Fa-f]{4})|\\(.)|([$%])\3\{/g, (_, code?: string, letter?: string, sign?: string) => {
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      return letter === undefined ? `${sign ?? ''}{` : (UNESCAPED[letter] ?? letter);
    });
}

function placeOf(text: string, at: number): HclPlace {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: at - lineStart + 1 };
}

class Reader {
  private position = 0;

  constructor(private readonly tokens: readonly HclToken[]) {}

  /** Reads entries up to the end of the file, or up to the brace that closes a block. */
  readBody(until: 'end' | '}'): ReadEntry[] {
    const entries: ReadEntry[] = [];
    for (;;) {
      while (this.peek().kind === 'line end') this.position += 1;
      const token = this.peek();
      if (until === 'end' ? token.kind === 'end' : isSign(token, '}')) return entries;
      if (token.kind === 'end') throw new HclError(token.at, 'the file ends inside a block: a } is missing');
      entries.push(this.readEntry());
    }
  }

  private readEntry(): ReadEntry {
    const name = this.next();
    if (name.kind !== 'word')
      throw new HclError(name.at, `expected the name of an argument or block, found ${show(name)}`);
    const entry = isSign(this.peek(), '=') ? this.readAttribute(name) : this.readBlock(name);
    const after = this.peek();
    if (after.kind !== 'line end' && after.kind !== 'end' && !isSign(after, '}'))
      throw new HclError(after.at, `expected a new line, found ${show(after)}`);
    return entry;
  }

  private readAttribute(name: HclToken): ReadAttribute {
    const equals = this.next();
    const value = this.readValue(equals);
    return { kind: 'attribute', name: name.text, at: name.at, value };
  }

  private readBlock(type: HclToken): ReadBlock {
    const labels: string[] = [];
    for (;;) {
      const token = this.next();
      if (isSign(token, '{')) break;
      if (token.kind === 'string' && token.inner?.length === 0) labels.push(unquote(token.text));
      else if (token.kind === 'word') labels.push(token.text);
      else throw new HclError(token.at, `expected = or { after ${type.text}, found ${show(token)}`);
    }
    const body = this.readBody('}');
    this.position += 1;
    return { kind: 'block', type: type.text, labels, at: type.at, body };
  }

  /** A value reaches to the end of its line; brackets may carry it further. */
  private readValue(equals: HclToken): HclToken[] {
    const value: HclToken[] = [];
    const open: HclToken[] = [];
    for (;;) {
      const token = this.peek();
      if (open.length === 0 && endsValue(token)) break;
      checkBracket(token, open);
      value.push(this.next());
    }
    if (value.length === 0) throw new HclError(equals.at, 'there is no value after the =');
    checkOrder(value);
    return value;
  }

  private peek(): HclToken {
    const token = this.tokens[this.position];
    if (token === undefined) throw new Error('read past the end of an HCL file');
    return token;
  }

  private next(): HclToken {
    const token = this.peek();
    this.position += 1;
    return token;
  }
}

function endsValue(token: HclToken): boolean {
  if (isSign(token, ',') || isSign(token, '='))
    throw new HclError(token.at, `${show(token)} does not belong into a value`);
  return token.kind === 'line end' || token.kind === 'end' || isSign(token, '}');
}

/** Keeps the stack of open brackets. */
function checkBracket(token: HclToken, open: HclToken[]): void {
  const last = open.at(-1);
  if (token.kind === 'end' && last !== undefined) throw new HclError(last.at, `this ${last.text} is never closed`);
  if (token.kind !== 'sign') return;
  if (token.text in OPENING) open.push(token);
  else if (CLOSING.has(token.text)) {
    const wanted = last === undefined ? undefined : OPENING[last.text];
    if (token.text !== wanted) throw new HclError(token.at, `expected ${wanted ?? 'a new line'}, found ${show(token)}`);
    open.pop();
  }
}

/** Operands and operators take turns at the top level of a value; inside brackets Terraform itself has to look. */
function checkOrder(value: readonly HclToken[]): void {
  let depth = 0;
  let before: HclToken | undefined;
  for (const token of value) {
    const opens = token.kind === 'sign' && token.text in OPENING;
    if (depth === 0 && before !== undefined) checkPair(before, token);
    if (depth === 0 && before === undefined && isOperator(token) && !PREFIX.has(token.text))
      throw new HclError(token.at, `a value cannot begin with ${show(token)}`);
    if (opens) depth += 1;
    else if (token.kind === 'sign' && CLOSING.has(token.text)) depth -= 1;
    before = token;
  }
  if (before !== undefined && isOperator(before))
    throw new HclError(before.at, `a value cannot end in ${show(before)}`);
}

function checkPair(before: HclToken, token: HclToken): void {
  const startsOperand = token.kind !== 'sign' || token.text === '{';
  if (startsOperand && !isOperator(before)) throw new HclError(token.at, `${show(token)} follows a whole value`);
  if (isOperator(token) && isOperator(before) && !PREFIX.has(token.text))
    throw new HclError(token.at, `expected a value, found ${show(token)}`);
}

/** `.*` ends a value, and brackets are part of one. */
function isOperator(token: HclToken): boolean {
  return token.kind === 'sign' && !(token.text in OPENING) && !CLOSING.has(token.text) && token.text !== '.*';
}

function isSign(token: HclToken, text: string): boolean {
  return token.kind === 'sign' && token.text === text;
}

function show(token: HclToken): string {
  if (token.kind === 'end') return 'the end of the file';
  if (token.kind === 'line end') return 'the end of the line';
  return token.text.length > 40 ? `${token.text.slice(0, 40)}…` : token.text;
}
