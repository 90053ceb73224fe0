import { beforeAll, describe, expect, it } from 'vitest';
import { app, planOne, SMALL } from '../testing/plan-builder.ts';
import { makeSealingKey } from './sealing-key.ts';
import { makeStore, putValue, type SecretStore } from './secret-store.ts';
import { terraformValuesPath, writeTerraformValues } from './terraform-values.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const plan = planOne(SMALL, [app({}, { name: 'sealed-secrets' })]);
let full: SecretStore;

beforeAll(async () => {
  full = { ...makeStore('lab', []), sealingKeys: [await makeSealingKey(NOW)] };
  for (const [name, value] of Object.entries({
    cluster_token: 'c"${x}\\',
    agent_token: 'a',
    argocd_ssh_private_key: '-----BEGIN\nkey\n',
  }))
    full = putValue(full, `terraform/${name}`, { value, source: 'given', now: NOW });
}, 120_000);

describe('generator/secrets/terraform-values', () => {
  it('names the file that Terraform reads by itself and Git ignores', () => {
    expect(terraformValuesPath('lab')).toBe('terraform/lab/cluster/secrets.auto.tfvars.json');
  });

  it('writes every variable once, in order, as it is', () => {
    const written = writeTerraformValues(plan, full, 'repo');

    expect(written.ok && Object.entries(JSON.parse(written.value))).toEqual([
      ['agent_token', 'a'],
      ['argocd_ssh_private_key', '-----BEGIN\nkey\n'],
      ['cluster_token', 'c"${x}\\'],
      ['sealing_certificate', full.sealingKeys[0]!.certificate],
      ['sealing_private_key', full.sealingKeys[0]!.privateKey],
    ]);
  });

  it('SEC-007: says for each that is missing what to type', () => {
    const written = writeTerraformValues(plan, makeStore('lab', []), 'my repo');

    expect(written.ok).toBe(false);
    expect(written.problems.map(({ code, key, hint }) => [code, key, hint])).toEqual([
      ['SEC-007', 'terraform/agent_token', "rootstock secrets generate 'my repo' -e lab"],
      [
        'SEC-007',
        'terraform/argocd_ssh_private_key',
        "rootstock secrets set 'my repo' terraform/argocd_ssh_private_key -e lab --from-file ~/.ssh/argocd-lab",
      ],
      ['SEC-007', 'terraform/cluster_token', "rootstock secrets generate 'my repo' -e lab"],
      ['SEC-007', 'terraform/sealing_certificate', "rootstock secrets generate 'my repo' -e lab"],
      ['SEC-007', 'terraform/sealing_private_key', "rootstock secrets generate 'my repo' -e lab"],
    ]);
  });
});
