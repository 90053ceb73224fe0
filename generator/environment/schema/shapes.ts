// Value shapes that several keys share, and the helpers that keep the schema readable.
import Type, { type Static, type TProperties, type TSchema } from 'typebox';
import { type KeyNotes, key, type TakesEffect } from '../../core/schema-key.ts';

/** An object that knows all its keys: anything else is a misspelling. */
export function closed<P extends TProperties>(properties: P, notes?: KeyNotes) {
  return Type.Object(properties, { ...(notes === undefined ? {} : key(notes)), additionalProperties: false });
}

/** A map from DNS labels to values. */
export function named<S extends TSchema>(value: S, notes: KeyNotes) {
  return Type.Record(Type.String({ pattern: DNS_LABEL }), value, { ...key(notes), additionalProperties: false });
}

/** A choice between objects that a key tells apart, `kind` unless said otherwise; errors then speak of the chosen one only. */
export function choice<Kinds extends readonly TSchema[]>(kinds: readonly [...Kinds], notes: KeyNotes, tag = 'kind') {
  return Type.Unsafe<Static<Kinds[number]>>({
    ...key(notes),
    type: 'object',
    discriminator: { propertyName: tag },
    required: [tag],
    oneOf: [...kinds],
  });
}

/**
 * A key that may be left out, and that every Environment has: its default follows from other keys, so it is filled in
 * after validation (fill-regions.ts). The schema has it optional, and the static type does not.
 */
export function filledIn<S extends TSchema>(schema: S): S {
  return Type.Optional(schema);
}

/** Region of a bucket. */
export function bucketRegion(takesEffect: TakesEffect) {
  return filledIn(
    Type.String(
      key({
        description:
          'Region of the bucket; any name for stores that have none. Absent: that of an AWS endpoint; else on AWS `platform.region`, on zCompute us-east-1.',
        takesEffect,
        examples: ['eu-central-1'],
        pattern: '^[a-z0-9-]+$',
        shape: 'a region name',
      }),
    ),
  );
}

/** The key that tells the members of a {@link choice} apart. */
export function kind<Value extends string>(value: Value, takesEffect: TakesEffect, description: string) {
  return Type.Literal(value, key({ description, takesEffect }));
}

/** One of a few words. */
export function oneOf<Words extends readonly string[]>(words: readonly [...Words], notes: KeyNotes) {
  return Type.Unsafe<Words[number]>({ type: 'string', enum: [...words], ...key(notes) });
}

export const DNS_LABEL = '^[a-z]([a-z0-9-]*[a-z0-9])?$';
/** Two labels or more; the last one begins with a letter, so that an address is none. */
export const DNS_NAME = '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$';
export const IPV4 = '^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\\.(?!$)|$)){4}$';
/** The address or the name of a load balancer; a name ends in letters, so that a misspelt address is none. */
export const IPV4_OR_DNS_NAME = `${IPV4}|^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]([a-z0-9-]*[a-z0-9])?$`;
export const CIDR = '^[0-9]{1,3}(\\.[0-9]{1,3}){3}/[0-9]{1,2}$';
export const HTTPS_URL = '^https://[A-Za-z0-9.-]+(:[0-9]+)?(/[^\\s]*)?$';
export const HTTP_URL = '^https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[^\\s]*)?$';
export const CIDR_SHAPE = 'an IPv4 network such as 10.0.0.0/16';
