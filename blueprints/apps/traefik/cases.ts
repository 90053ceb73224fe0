// Environments that show what this app's output depends on: domain, address, issuer.
export const cases = [
  { name: 'no domain, no address', environment: 'zcompute-single' },
  { name: 'wildcard domain, signed by our CA', environment: 'zcompute-high-wildcard' },
  { name: 'acme, with an access log', environment: 'zcompute-high-cloudflare', inputs: { accessLog: true } },
  { name: 'AWS', environment: 'aws-high' },
] as const;
