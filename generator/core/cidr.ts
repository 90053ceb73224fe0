// IPv4 networks in CIDR notation, as plain numbers.

/** An IPv4 network; `base` is an unsigned 32-bit number without host bits. */
export interface Cidr {
  readonly base: number;
  /** Prefix length, 0 to 32. */
  readonly prefix: number;
}

export type CidrReading =
  | { readonly ok: true; readonly cidr: Cidr }
  | { readonly ok: false; readonly reason: 'malformed' }
  | { readonly ok: false; readonly reason: 'host-bits' | 'leading-zero'; readonly network: Cidr };

const SHAPE = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** Programs differ in what `010` is: ten, or eight, since C reads it as octal. Terraform refuses it. */
const LEADING_ZERO = /(?:^|[./])0\d/;

/** Reads `10.0.0.0/16`. Leading zeros and host bits are refused, with the network that was probably meant. */
export function parseCidr(text: string): CidrReading {
  const parts = SHAPE.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.slice(0, 4).some((octet) => octet > 255)) return { ok: false, reason: 'malformed' };
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = parts;
  if (prefix > 32) return { ok: false, reason: 'malformed' };
  const address = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  const base = (address & maskOf(prefix)) >>> 0;
  const network = { base, prefix };
  if (LEADING_ZERO.test(text)) return { ok: false, reason: 'leading-zero', network };
  if (base !== address) return { ok: false, reason: 'host-bits', network };
  return { ok: true, cidr: network };
}

/** Like {@link parseCidr} for text that a rule has already checked; throws on anything else, which would be our bug. */
export function requireCidr(text: string): Cidr {
  const reading = parseCidr(text);
  if (!reading.ok) throw new Error(`unchecked CIDR ${text}`);
  return reading.cidr;
}

/** Prints `10.0.0.0/16`. */
export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.base)}/${cidr.prefix}`;
}

/** Prints the nth address of a network, counted from 0: `10.43.0.10` for (10.43.0.0/16, 10). */
export function formatAddressIn(cidr: Cidr, n: number): string {
  return formatAddress((cidr.base + n) >>> 0);
}

/** How many addresses a network holds. */
export function sizeOfCidr(cidr: Cidr): number {
  return 2 ** (32 - cidr.prefix);
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  const mask = maskOf(Math.min(a.prefix, b.prefix));
  return (a.base & mask) === (b.base & mask);
}

/** True if `inner` lies inside `outer` (or equals it). */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.prefix >= outer.prefix && overlaps(outer, inner);
}

/** The nth subnet of the given prefix length, counted from 0, like Terraform's `cidrsubnet`. */
export function carveSubnet(cidr: Cidr, prefix: number, n: number): Cidr {
  return { base: (cidr.base + n * 2 ** (32 - prefix)) >>> 0, prefix };
}

function maskOf(prefix: number): number {
  return prefix === 0 ? 0 : (-1 << (32 - prefix)) >>> 0;
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}
