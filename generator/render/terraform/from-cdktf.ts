// cdktf construct → HCL blocks. The text that cdktf prints is not used: it neither formats nor escapes (docs/decisions).
import type { TerraformElement } from 'cdktf';
import { findNote } from '../../../blueprints/terraform/contract.ts';
import { attribute, block, expression, type HclAttribute, type HclBlock, type HclValue } from '../../core/hcl.ts';

/** An argument as cdktf's structured form gives it; providers and variables use snake case. */
interface Argument {
  readonly value: unknown;
  readonly isBlock?: boolean;
  readonly is_block?: boolean;
  readonly type?: string;
}

type Arguments = Readonly<Record<string, unknown>>;

/** What a reader looks for first; the rest follows in cdktf's order, which is by name. */
const FIRST = [
  'count',
  'for_each',
  'provider',
  'name',
  'name_prefix',
  'key_name',
  'description',
  'type',
  'key',
  'value',
  'protocol',
  'port',
  'from_port',
  'to_port',
  'condition',
  'default',
  'sensitive',
  'nullable',
  'vpc_id',
  'route_table_id',
];
const RAW_LISTS = new Set(['depends_on', 'ignore_changes', 'replace_triggered_by']);
const CONDITIONS = new Set(['precondition', 'postcondition']);

/** Gives the blocks of one construct: resource, data source, provider, variable or output. */
export function toHclBlocks(element: TerraformElement): HclBlock[] {
  const form = element.toHclTerraform() as Readonly<Record<string, unknown>>;
  const comment = findNote(element);
  return Object.entries(form).flatMap(([type, content]) => {
    switch (type) {
      case 'resource':
      case 'data':
        return pairs(content).flatMap(([kind, named]) =>
          pairs(named).map(([name, args]) => block(type, [kind, name], toBody(args as Arguments), comment)),
        );
      case 'provider':
        return pairs(content).flatMap(([name, list]) =>
          (list as readonly Arguments[]).map((args) => block(type, [name], toBody(args), comment)),
        );
      case 'variable':
      case 'output':
        return pairs(content).map(([name, args]) => block(type, [name], toBody(args as Arguments), comment));
      // The file that owns versions and backend writes the `terraform` block itself.
      case 'terraform':
        return [];
      // cdktf gives an undefined `moved` and `import` with every resource; ours are blocks that a file returns.
      case 'moved':
      case 'import':
        if (content === undefined) return [];
        throw new Error(`write ${type} blocks with block() instead of through cdktf`);
      default:
        throw new Error(`cdktf gave an unknown block: ${type}`);
    }
  });
}

function toBody(args: Arguments): (HclAttribute | HclBlock)[] {
  return Object.entries(args)
    .filter(([name, value]) => name !== '//' && value !== undefined)
    .sort(([a], [b]) => rank(a) - rank(b))
    .flatMap(([name, value]) => toEntries(name, value));
}

function rank(name: string): number {
  const first = FIRST.indexOf(name);
  return first >= 0 ? first : FIRST.length;
}

function toEntries(name: string, value: unknown): (HclAttribute | HclBlock)[] {
  if (name === 'lifecycle') return [block(name, [], toLifecycle(value as Arguments))];
  if (RAW_LISTS.has(name) && Array.isArray(value)) return [attribute(name, value.map(toExpression))];
  if (!isArgument(value)) return [attribute(name, value as HclValue)];
  if (value.type === 'type') return [attribute(name, expression(String(value.value)))];
  if (value.isBlock !== true && value.is_block !== true) return [attribute(name, unwrap(value.value))];
  const bodies = (Array.isArray(value.value) ? value.value : [value.value]) as readonly Arguments[];
  return bodies.map((body) => block(name, [], toBody(body)));
}

/** The one block in which cdktf marks neither nested blocks (conditions) nor expressions (lists of references). */
function toLifecycle(settings: Arguments): (HclAttribute | HclBlock)[] {
  return toBody(settings).flatMap((entry) => {
    if (entry.kind === 'block' || !CONDITIONS.has(entry.name)) return [entry];
    return (entry.value as readonly Arguments[]).map((condition) => block(entry.name, [], toBody(condition)));
  });
}

function toExpression(reference: unknown): string {
  const text = String(reference);
  return text.startsWith('\uE000') ? text : expression(text);
}

/** Wrappers carry one of cdktf's own marks; a map of the user's may well have keys `value` and `type`. */
function isArgument(value: unknown): value is Argument {
  if (value === null || typeof value !== 'object' || !('value' in value)) return false;
  return (
    'isBlock' in value ||
    'is_block' in value ||
    'storage_class_type' in value ||
    ('type' in value && value.type === 'type')
  );
}

/** Takes the wrappers out of nested values. */
function unwrap(value: unknown): HclValue {
  if (isArgument(value)) return unwrap(value.value);
  if (Array.isArray(value)) return value.map(unwrap);
  if (value === null || typeof value !== 'object') return value as HclValue;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([name, item]) => [name, unwrap(item)]),
  );
}

function pairs(value: unknown): [string, unknown][] {
  return Object.entries(value as Readonly<Record<string, unknown>>);
}
