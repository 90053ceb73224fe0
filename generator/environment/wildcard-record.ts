// The one DNS record that `ingress.dns.kind: wildcard` asks a person to create, as the documents print it.
import type { Environment } from './schema/environment-schema.ts';

export interface WildcardRecord {
  /** `*.ai.example.com` */
  readonly name: string;
  readonly type: 'A' | 'CNAME';
  /** Undefined until somebody writes `ingress.publicAddress` into the environment file. */
  readonly value?: string;
  /** The whole record as one line: `*.ai.example.com A 198.51.100.7`. */
  readonly text: string;
}

/** Makes the record; undefined where no wildcard was asked for. */
export function makeWildcardRecord({ platform, ingress }: Environment): WildcardRecord | undefined {
  if (ingress.dns.kind !== 'wildcard' || ingress.domain === undefined) return undefined;
  const name = `*.${ingress.domain}`;
  const [type, what] = platform.kind === 'aws' ? (['CNAME', 'name'] as const) : (['A', 'address'] as const);
  const value = ingress.publicAddress;
  const text = `${name} ${type} ${value ?? `<${what} of the ingress load balancer>`}`;
  return { name, type, ...(value === undefined ? {} : { value }), text };
}
