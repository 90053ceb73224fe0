import { describe, expect, it } from 'vitest';
import { normaliseAddress } from './address.ts';

describe('generator/core/address', () => {
  it.each([
    { name: 'a slash at the end', address: 'https://s3.example.com/', same: 'https://s3.example.com' },
    { name: 'capitals and the default port', address: 'https://S3.Example.com:443', same: 'https://s3.example.com' },
    { name: 'another port', address: 'http://s3.example.com:9000/', same: 'http://s3.example.com:9000' },
    { name: 'what is no address', address: 'git@example.com:a/b', same: 'git@example.com:a/b' },
  ])('knows an address again: $name', ({ address, same }) => {
    expect(normaliseAddress(address)).toBe(same);
  });
});
