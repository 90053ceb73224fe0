// How modules make constructs: names as in the printed HCL, references checked by the compiler, resources without a binding.
import {
  type TerraformElement,
  TerraformOutput,
  TerraformResource,
  type TerraformStack,
  TerraformVariable,
} from 'cdktf';
import { expression, type HclValue } from '../../generator/core/hcl.ts';

/** A resource or data source class of the provider bindings. */
interface ElementClass<Element, Config> {
  readonly tfResourceType: string;
  readonly prototype: Element;
  new (scope: TerraformStack, id: string, config: Config): Element;
}

interface Typed extends TerraformElement {
  readonly terraformResourceType: string;
}

type Snake<Camel extends string> = Camel extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${Snake<Tail>}`
  : '';

/** Attributes of a resource as HCL names them: `id`, `cidr_block`. */
export type AttributeOf<Element> = Snake<Extract<keyof Element, string>>;

/**
 * Makes a resource or data source that is printed under exactly this name: `add(stack, Vpc, 'main', {…})` is
 * `resource "aws_vpc" "main"`. Names need to be unique per type only, as in Terraform.
 */
export function add<Element extends Typed, Config>(
  stack: TerraformStack,
  kind: ElementClass<Element, Config>,
  name: string,
  config: NoInfer<Config>,
): Element {
  const element = new kind(stack, idOf(kind, name), config);
  element.overrideLogicalId(name);
  return element;
}

/** Gives what another file of the same project made: `made(stack, Vpc, 'main')`. Not made yet would be our bug: throws. */
export function made<Element extends Typed, Config>(
  stack: TerraformStack,
  kind: ElementClass<Element, Config>,
  name: string,
): Element {
  const element = stack.node.tryFindChild(idOf(kind, name));
  if (!(element instanceof kind)) throw new Error(`no file before this one makes ${idOf(kind, name)}`);
  return element;
}

/** Like {@link made}, for a resource without a binding. */
export function madeUnbound(stack: TerraformStack, type: string, name: string): TerraformResource {
  const element = stack.node.tryFindChild(`${type}.${name}`);
  if (!(element instanceof TerraformResource)) throw new Error(`no file before this one makes ${type}.${name}`);
  return element;
}

/** Not the name of the class: the bundler shortens those, two of them perhaps to the same. */
function idOf<Element extends Typed, Config>(kind: ElementClass<Element, Config>, name: string): string {
  return `${kind.prototype instanceof TerraformResource ? '' : 'data.'}${kind.tfResourceType}.${name}`;
}

/**
 * Makes a resource of a provider that has no binding here (`time_sleep`, `random_password`): arguments as HCL names
 * them. The file that pins the provider has to name it too.
 */
export function addUnbound(
  stack: TerraformStack,
  type: string,
  name: string,
  args: Readonly<Record<string, HclValue | undefined>>,
): TerraformResource {
  const element = new TerraformResource(stack, `${type}.${name}`, {
    terraformResourceType: type,
    terraformGeneratorMetadata: { providerName: type.slice(0, type.indexOf('_')) },
  });
  element.overrideLogicalId(name);
  for (const [argument, value] of Object.entries(args)) {
    if (value !== undefined) element.addOverride(argument, value);
  }
  return element;
}

/** Makes an output; the description is not optional, since the other project and people read it. */
export function addOutput(
  stack: TerraformStack,
  name: string,
  config: { readonly description: string; readonly value: HclValue; readonly sensitive?: boolean },
): TerraformOutput {
  const output = new TerraformOutput(stack, `output.${name}`, config);
  output.overrideLogicalId(name);
  return output;
}

/** Makes a variable that is never null; conditions are expressions such as `length(var.token) >= 32`. */
export function addVariable(
  stack: TerraformStack,
  name: string,
  config: {
    readonly type: string;
    readonly description: string;
    readonly sensitive?: boolean;
    readonly default?: HclValue;
    readonly validation?: readonly { readonly condition: string; readonly errorMessage: string }[];
  },
): TerraformVariable {
  const { validation = [], ...rest } = config;
  const variable = new TerraformVariable(stack, `variable.${name}`, {
    ...rest,
    ...(validation.length === 0
      ? {}
      : {
          validation: validation.map(({ condition, errorMessage }) => ({
            condition: expression(condition),
            errorMessage,
          })),
        }),
  });
  variable.overrideLogicalId(name);
  variable.addOverride('nullable', false);
  return variable;
}

/** A reference to an attribute: `reference(vpc, 'id')` is printed as `aws_vpc.main.id`. */
export function reference<Element extends Typed>(element: Element, attribute: AttributeOf<Element>): string {
  return expression(`${addressOf(element)}.${attribute}`);
}

/** Address of an element: `aws_vpc.main`, `data.aws_ami.ubuntu`. */
export function addressOf(element: Typed): string {
  const address = `${element.terraformResourceType}.${element.friendlyUniqueId}`;
  return element instanceof TerraformResource ? address : `data.${address}`;
}

/** Makes one element wait for others that it does not refer to; returns it. */
export function dependOn<Element extends Typed>(element: Element, others: readonly Typed[]): Element {
  if (others.length > 0) element.addOverride('depends_on', others.map(addressOf));
  return element;
}
