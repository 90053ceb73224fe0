// Environments that show what this app's output depends on: availability, and whether anybody answers dns-01 challenges.
export const cases = [
  { name: 'single, self-signed', environment: 'zcompute-single' },
  { name: 'high, self-signed', environment: 'zcompute-high-wildcard' },
  { name: 'high, acme', environment: 'zcompute-high-cloudflare' },
  { name: 'high over three zones', environment: 'aws-high' },
] as const;
