// HCL blocks → text, in the form `terraform fmt` leaves alone.
import { alignAttributes, type HclAttribute, type HclBlock, indent, printHclValue } from '../../core/hcl.ts';

/** Prints blocks with a blank line between them. */
export function writeHcl(blocks: readonly HclBlock[]): string {
  return `${blocks.map(writeBlock).join('\n\n')}\n`;
}

function writeBlock(block: HclBlock): string {
  const head = [block.type, ...block.labels.map((label) => `"${label}"`)].join(' ');
  const comment =
    block.comment === undefined
      ? ''
      : `${block.comment
          .split('\n')
          .map((line) => `# ${line}`.trimEnd())
          .join('\n')}\n`;
  if (block.body.length === 0) return `${comment}${head} {}`;
  return `${comment}${head} {\n${indent(writeBody(block.body))}\n}`;
}

/** One-line attributes first, as one aligned run; then everything longer, each set apart by a blank line. */
function writeBody(body: HclBlock['body']): string {
  const attributes = body
    .filter((entry): entry is HclAttribute => entry.kind === 'attribute')
    .map((entry) => [entry.name, printHclValue(entry.value)] as const);
  const short = attributes.filter(([, text]) => !text.includes('\n'));
  const long = attributes.filter(([, text]) => text.includes('\n'));
  const blocks = body.filter((entry): entry is HclBlock => entry.kind === 'block');
  const parts = [
    alignAttributes(short).join('\n'),
    ...long.map((pair) => alignAttributes([pair]).join('\n')),
    ...blocks.map(writeBlock),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}
