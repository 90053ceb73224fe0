// How nodes reach the world: the proxy, the CAs they trust beside the public ones, and the mirrors of registries.
import { attribute, block, call, expression, type HclBlock, type HclValue } from '../../../generator/core/hcl.ts';
import { joinPem } from '../../../generator/core/pem.ts';
import { planNoProxy } from '../../../generator/plan/app-contexts.ts';
import type { EnvironmentPlan } from '../../../generator/plan/plan.ts';
import type { AttachedFile } from '../contract.ts';
import { API_HOST } from './addresses.ts';

const CA_FILE = 'files/ca-bundle.crt';

/** What templates of all node groups are given for it. */
export function egressParameters({ environment: { egress } }: EnvironmentPlan): Readonly<Record<string, HclValue>> {
  return {
    registries: expression('local.registries'),
    proxy: egress.proxy === undefined ? {} : expression('local.proxy'),
    ca_bundle: egress.caBundle === undefined ? '' : call('file', `${expression('path.module')}/${CA_FILE}`),
  };
}

/** The locals behind these parameters. */
export function egressLocals(plan: EnvironmentPlan): HclBlock {
  return block(
    'locals',
    [],
    [attribute('registries', call('yamlencode', { mirrors: planMirrors(plan) })), ...proxyLocal(plan)],
    'How nodes reach registries and the world. Nodes fetch images from each other first; nothing here is a secret.',
  );
}

/** Asked in the order of the file. The star lets nodes fetch images of all registries from each other. */
function planMirrors({ environment: { egress } }: EnvironmentPlan): Readonly<Record<string, HclValue>> {
  const mirrors = Object.entries(egress.registryMirrors).sort(([a], [b]) => (a < b ? -1 : 1));
  return { '*': {}, ...Object.fromEntries(mirrors.map(([registry, endpoint]) => [registry, { endpoint }])) };
}

/** The API's load balancer is among what is reached directly, by the name that Terraform alone knows. */
function proxyLocal(plan: EnvironmentPlan): ReturnType<typeof attribute>[] {
  const { proxy } = plan.environment.egress;
  if (proxy === undefined) return [];
  const direct = [...planNoProxy(plan.environment, plan.network), API_HOST].join(',');
  return [attribute('proxy', { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, NO_PROXY: direct })];
}

/** The certificates, as a file of the project. */
export function caFiles({ environment: { egress } }: EnvironmentPlan): AttachedFile[] {
  if (egress.caBundle === undefined) return [];
  return [{ path: CA_FILE, content: joinPem(egress.caBundle), origin: 'egress.caBundle' }];
}
