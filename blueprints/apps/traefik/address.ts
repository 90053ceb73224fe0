// A load balancer is known by an address (zCompute) or by a name that resolves (AWS).

/** True for an IPv4 address; the schema lets nothing else of digits and dots pass. */
export function isIpAddress(address: string): boolean {
  return /^[0-9.]+$/.test(address);
}
