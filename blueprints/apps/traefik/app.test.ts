import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type PlainMap, stripProvenance } from '../../../generator/core/provenance.ts';
import { environmentText } from '../../../generator/testing/environment-text.ts';
import { app as other, planOne } from '../../../generator/testing/plan-builder.ts';
import { app } from './app.ts';

describe('blueprints/apps/traefik/app.ts', () => {
  it.each([
    ['nothing while it is not known', 'zcompute-single', {}, undefined],
    ['the address on zCompute', 'zcompute-high-wildcard', {}, { ip: '198.51.100.7' }],
    ['the name on AWS', 'aws-high', NAME, { hostname: 'lb.example.net' }],
  ])('writes into Ingresses %s, and never the addresses of nodes', (_, example, changes, endpoint) => {
    const { values } = planApp(example, changes);

    const { kubernetesIngress } = values['providers'] as PlainMap;
    expect(kubernetesIngress).toEqual({
      publishedService: { enabled: false },
      ...(endpoint === undefined ? {} : { ingressEndpoint: endpoint }),
    });
  });

  it('listens where the load balancer of Terraform sends to, and keeps the address of the client', () => {
    const { values } = planApp('zcompute-single');

    expect(values).toMatchObject({
      service: { spec: { type: 'NodePort', externalTrafficPolicy: 'Local' } },
      ports: { web: { nodePort: 30080 }, websecure: { nodePort: 30443 } },
    });
  });

  it.each(['web', 'websecure'])(
    'believes a PROXY header from the VPC and X-Forwarded-For from nobody on %s',
    (name) => {
      const { values } = planApp('zcompute-single', { network: { cidr: '10.64.0.0/16' } });

      const port = (values['ports'] as PlainMap)[name] as PlainMap;
      expect(port['proxyProtocol']).toEqual({ trustedIPs: ['10.64.0.0/16'] });
      expect(port['forwardedHeaders']).toBeUndefined();
    },
  );

  it('sends HTTP to HTTPS and shows no dashboard', () => {
    const { values } = planApp('zcompute-single');

    expect(values).toMatchObject({
      api: { dashboard: false, insecure: false },
      ports: { web: { http: { redirections: { entryPoint: { to: 'websecure', scheme: 'https', permanent: true } } } } },
    });
  });

  it.each(['zcompute-single', 'zcompute-high-wildcard'])(
    'has a pod on each worker node, replaced in place (%s)',
    (example) => {
      const { values, workloads } = planApp(example);

      expect(values).toMatchObject({
        deployment: { kind: 'DaemonSet' },
        updateStrategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        nodeSelector: { 'rootstock.dev/role': 'worker' },
      });
      expect(values['tolerations']).toBeUndefined();
      expect(workloads).toMatchObject([{ kind: 'DaemonSet', runsOn: 'worker' }]);
    },
  );

  it.each([
    ['a private name without domain and address', 'zcompute-single', {}, ['lab.internal'], undefined],
    ['the address when users come by it', 'zcompute-single', ADDRESS, ['lab.internal'], ['198.51.100.7']],
    [
      'the domain and all names under it',
      'zcompute-high-wildcard',
      {},
      ['*.ai.example.com', 'ai.example.com'],
      ['198.51.100.7'],
    ],
    ['no address from a public CA', 'zcompute-high-cloudflare', {}, ['*.ai.example.com', 'ai.example.com'], undefined],
  ])('asks for a certificate for %s', (_, example, changes, dnsNames, ipAddresses) => {
    const { certificate } = planApp(example, changes);

    const { dnsNames: names, ipAddresses: addresses } = certificate['spec'] as PlainMap;
    expect(names).toEqual(dnsNames);
    expect(addresses).toEqual(ipAddresses);
  });

  it.each([
    ['zcompute-high-wildcard', 'rootstock-ca'],
    ['zcompute-high-cloudflare', 'letsencrypt-staging'],
    ['aws-high', 'letsencrypt-production'],
  ])('serves one certificate from beside itself, which nothing waits for (%s by %s)', (example, issuer) => {
    const { values, certificate } = planApp(example);

    expect(certificate).toMatchObject({
      kind: 'Certificate',
      metadata: { namespace: 'traefik', annotations: { 'argocd.argoproj.io/ignore-healthcheck': 'true' } },
      spec: { issuerRef: { kind: 'ClusterIssuer', name: issuer } },
    });
    const { secretName } = certificate['spec'] as PlainMap;
    expect(values).toMatchObject({
      tlsStore: { default: { defaultCertificate: { secretName } } },
      providers: { kubernetesCRD: { defaultTLSResourcesNamespace: 'traefik' } },
    });
  });

  it.each([
    ['silent', {}, undefined],
    ['JSON when asked', { apps: { traefik: { accessLog: true } } }, { enabled: true, format: 'json' }],
  ])('keeps its access log %s', (_, changes, accessLog) => {
    const { values } = planApp('zcompute-single', changes);

    expect(values['accessLog']).toEqual(accessLog);
  });
});

const NAME: PlainMap = { ingress: { publicAddress: 'lb.example.net' } };
const ADDRESS: PlainMap = { ingress: { publicAddress: '198.51.100.7' } };

function planApp(example: string, changes: PlainMap = {}) {
  const environment = parse(environmentText(changes, example)) as object;
  const catalog = [app, other({}, { name: 'cert-manager' })];
  const { apps } = planOne({ ...environment, apps: changes['apps'] ?? {} }, catalog);
  const { values = {}, manifests = [], workloads = [] } = apps.find(({ blueprint }) => blueprint === app)!.plan;
  return {
    values: stripProvenance(values).plain as PlainMap,
    certificate: stripProvenance(manifests[0]!.object).plain as PlainMap,
    workloads,
  };
}
