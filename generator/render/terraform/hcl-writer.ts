// HCL blocks → text, in the form `terraform fmt` leaves alone.
import { alignAttributes, type HclAttribute, type HclBlock, indent, printHclValue } from '../../core/hcl.ts';

const META = new Set(['count', 'for_each']);

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

/**
 * The order of Terraform's own style guide: what multiplies the block, arguments, nested blocks, lifecycle, depends_on.
 * One-line arguments are one aligned run; everything longer is set apart by a blank line.
 * @see https://developer.hashicorp.com/terraform/language/style#resource-order
 */
function writeBody(body: HclBlock['body']): string {
  const attributes = body.filter((entry) => entry.kind === 'attribute');
  const meta = attributes.filter(({ name }) => META.has(name));
  const last = attributes.filter(({ name }) => name === 'depends_on');
  const own = attributes.filter((entry) => !meta.includes(entry) && !last.includes(entry));
  const blocks = body.filter((entry) => entry.kind === 'block');
  const isLifecycle = (entry: HclBlock) => entry.type === 'lifecycle';
  const parts = [
    ...writeAttributes(meta),
    ...writeAttributes(own),
    ...blocks.filter((entry) => !isLifecycle(entry)).map(writeBlock),
    ...blocks.filter(isLifecycle).map(writeBlock),
    ...writeAttributes(last),
  ];
  return parts.join('\n\n');
}

function writeAttributes(attributes: readonly HclAttribute[]): string[] {
  const pairs = attributes.map((entry) => [entry.name, printHclValue(entry.value)] as const);
  const short = pairs.filter(([, text]) => !text.includes('\n'));
  const long = pairs.filter(([, text]) => text.includes('\n'));
  return [short, ...long.map((pair) => [pair])]
    .filter((run) => run.length > 0)
    .map((run) => alignAttributes(run).join('\n'));
}
