// Environments for which the values of this app are kept as golden files.
export const cases = [
  { name: 'zcompute', environment: 'zcompute-single' },
  { name: 'aws', environment: 'aws-high' },
] as const;
