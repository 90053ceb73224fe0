// Which environment key a generated value came from, carried beside the value until the YAML is written.

/** A value that remembers the environment key it came from. */
export class Sourced {
  constructor(
    readonly key: string,
    readonly value: YamlValue,
  ) {}
}

export type YamlScalar = string | number | boolean | null;
export type YamlValue = YamlScalar | Sourced | readonly YamlValue[] | YamlMap;
/** Keys with the value `undefined` are left out, so that optional parts need no conditionals. */
export interface YamlMap {
  readonly [key: string]: YamlValue | undefined;
}

/** Plain data: what is left of a YamlValue when provenance and absent keys are gone. */
export type PlainValue = YamlScalar | readonly PlainValue[] | PlainMap;
export interface PlainMap {
  readonly [key: string]: PlainValue;
}

/** Marks a value with the key it came from: `from('ingress.domain', host)`. */
export function from(key: string, value: YamlValue): Sourced {
  return new Sourced(key, value);
}

/** JSON pointers of the generated file to environment keys, e.g. `/spec/replicas` to `availability`. */
export type Provenance = ReadonlyMap<string, string>;

/** Takes provenance and absent keys out of a value. Nodes inherit the key of the node above them. */
export function stripProvenance(value: YamlValue): { readonly plain: PlainValue; readonly provenance: Provenance } {
  const provenance = new Map<string, string>();
  return { plain: strip(value, undefined, provenance), provenance };
}

/** A place in a value, as its last step and the place above. Most places are never written down. */
type Place = { readonly above: Place; readonly step: string | number } | undefined;

function strip(value: YamlValue, place: Place, provenance: Map<string, string>): PlainValue {
  if (value instanceof Sourced) {
    provenance.set(toPointer(place), value.key);
    return strip(value.value, place, provenance);
  }
  if (isList(value)) return value.map((item, index) => strip(item, { above: place, step: index }, provenance));
  if (value === null || typeof value !== 'object') return value;
  const plain: Record<string, PlainValue> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) plain[key] = strip(item, { above: place, step: key }, provenance);
  }
  return plain;
}

function toPointer(place: Place): string {
  if (place === undefined) return '';
  return `${toPointer(place.above)}/${String(place.step).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

/** The environment key of the nearest marked node at or above a pointer. */
export function findOrigin(provenance: Provenance, pointer: string): string | undefined {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const key = provenance.get(at);
    if (key !== undefined || at === '') return key;
  }
}
