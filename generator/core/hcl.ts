// HCL as data: blocks, attributes, and strings that are expressions rather than text.

/** Marks in a string around an expression. User input never contains them: the schema's patterns refuse private-use characters. */
const OPEN = '\uE000';
const CLOSE = '\uE001';
const WHOLE_EXPRESSION = new RegExp(`^${OPEN}([^${CLOSE}]*)${CLOSE}$`);
const EXPRESSIONS = new RegExp(`${OPEN}([^${CLOSE}]*)${CLOSE}`, 'g');

export type HclValue =
  | string
  | number
  | boolean
  | null
  | readonly HclValue[]
  | { readonly [name: string]: HclValue | undefined };

export interface HclAttribute {
  readonly kind: 'attribute';
  readonly name: string;
  readonly value: HclValue;
}

export interface HclBlock {
  readonly kind: 'block';
  readonly type: string;
  readonly labels: readonly string[];
  readonly body: readonly (HclAttribute | HclBlock)[];
  /** Printed above the block, one `#` line each. */
  readonly comment?: string;
}

/**
 * A string that is printed as an expression, not as text: `expression('aws_vpc.main.id')`. May stand inside other
 * text, and other expressions inside it: `expression(`${reference(lb, 'port')} + 1`)`.
 */
export function expression(text: string): string {
  return `${OPEN}${text.replaceAll(OPEN, '').replaceAll(CLOSE, '')}${CLOSE}`;
}

/** A function call: `call('file', `${expression('path.module')}/x.sh`)`, with objects printed over several lines. */
export function call(name: string, ...args: readonly HclValue[]): string {
  return expression(`${name}(${args.map((arg) => printHclValue(arg)).join(', ')})`);
}

export function attribute(name: string, value: HclValue): HclAttribute {
  return { kind: 'attribute', name, value };
}

export function block(
  type: string,
  labels: readonly string[],
  body: readonly (HclAttribute | HclBlock)[],
  comment?: string,
): HclBlock {
  return { kind: 'block', type, labels, body, ...(comment === undefined ? {} : { comment }) };
}

/** Prints a value the way `terraform fmt` leaves it; lines after the first are indented from column 0. */
export function printHclValue(value: HclValue): string {
  if (typeof value === 'string') return printString(value);
  if (value === null || typeof value !== 'object') return String(value);
  if (isList(value)) return printList(value);
  const entries = Object.entries(value).filter((entry): entry is [string, HclValue] => entry[1] !== undefined);
  if (entries.length === 0) return '{}';
  return `{\n${alignAttributes(entries.map(([name, item]) => [printKey(name), printHclValue(item)]))
    .map(indent)
    .join('\n')}\n}`;
}

/** True if a value takes more than one line. */
export function isMultiLine(value: HclValue): boolean {
  return printHclValue(value).includes('\n');
}

/**
 * `name = value` lines with their equals signs in one column. Like `terraform fmt`, a value of several lines ends
 * the run of aligned lines.
 */
export function alignAttributes(pairs: readonly (readonly [string, string])[]): string[] {
  const lines: string[] = [];
  let run: (readonly [string, string])[] = [];
  const flush = () => {
    const width = Math.max(0, ...run.map(([name]) => name.length));
    lines.push(...run.map(([name, text]) => `${name.padEnd(width)} = ${text}`));
    run = [];
  };
  for (const pair of pairs) {
    if (!pair[1].includes('\n')) run.push(pair);
    else {
      flush();
      lines.push(`${pair[0]} = ${pair[1]}`);
    }
  }
  flush();
  return lines;
}

/** Two spaces in front of every line that is not empty. */
export function indent(text: string): string {
  const rest = text.replace(/\n(?=[^\n])/g, '\n  ');
  return text === '' || text.startsWith('\n') ? rest : `  ${rest}`;
}

function printList(items: readonly HclValue[]): string {
  if (items.length === 0) return '[]';
  const printed = items.map(printHclValue);
  const oneLine = `[${printed.join(', ')}]`;
  if (!oneLine.includes('\n') && oneLine.length <= 90) return oneLine;
  return `[\n${printed.map((item) => indent(`${item},`)).join('\n')}\n]`;
}

/** `for` would begin a for expression. */
function printKey(name: string): string {
  const whole = WHOLE_EXPRESSION.exec(name);
  if (whole?.[1] !== undefined) return `(${whole[1]})`;
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) && name !== 'for' ? name : printString(name);
}

function printString(text: string): string {
  const whole = WHOLE_EXPRESSION.exec(text);
  if (whole?.[1] !== undefined) return whole[1];
  let printed = '';
  let end = 0;
  for (const match of text.matchAll(EXPRESSIONS)) {
    printed += `${escapeBefore(text.slice(end, match.index))}\${${match[1] ?? ''}}`;
    end = match.index + match[0].length;
  }
  return `"${printed}${escapeText(text.slice(end))}"`;
}

/** Dollar signs right before an expression would escape it. */
function escapeBefore(text: string): string {
  const dollars = /\$*$/.exec(text)?.[0] ?? '';
  if (dollars === '') return escapeText(text);
  return `${escapeText(text.slice(0, -dollars.length))}\${"${dollars}"}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '${': '$${',
  '%{': '%%{',
};

/** @see https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences */
function escapeText(text: string): string {
  return text.replace(
    /[\\"\p{Cc}]|[$%]\{/gu,
    (match) => ESCAPES[match] ?? `\\u${match.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function isList(value: HclValue): value is readonly HclValue[] {
  return Array.isArray(value);
}
