import { describe, expect, it } from 'vitest';
import { type PlainMap, stripProvenance } from '../../../generator/core/provenance.ts';
import { EXAMPLE_CA } from '../../../generator/testing/certificates.ts';
import { planOne, SMALL } from '../../../generator/testing/plan-builder.ts';
import { app } from './app.ts';

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: PlainMap;
}

function manifestsOf(egress: object): readonly Rendered[] {
  const [planned] = planOne({ ...SMALL, egress, apps: { ollama: { models: ['llama3.2:3b'] } } }, [app]).apps;
  return (planned?.plan.manifests ?? []).map(({ object }) => stripProvenance(object).plain as unknown as Rendered);
}

function find(manifests: readonly Rendered[], kind: string, name: string): Rendered {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

/** Ports outside the cluster that the model sync may call. */
function portsOut(egress: object): readonly number[] {
  const policy = find(manifestsOf(egress), 'NetworkPolicy', 'ollama-model-sync');
  const rules = policy.spec['egress'] as unknown as readonly {
    readonly to: readonly PlainMap[];
    readonly ports: readonly { readonly port: number }[];
  }[];
  return rules.filter(({ to }) => 'ipBlock' in (to[0] ?? {})).flatMap(({ ports }) => ports.map(({ port }) => port));
}

describe('blueprints/apps/ollama: the way out of the model sync', () => {
  it.each([
    ['registries themselves', {}, [443]],
    ['a proxy at a port of its own', { proxy: { url: 'http://proxy.example.com:3128' } }, [443, 3128]],
    ['a proxy without a port', { proxy: { url: 'http://proxy.example.com' } }, [443, 80]],
    ['a proxy at the port of registries', { proxy: { url: 'https://proxy.example.com' } }, [443]],
  ])('is open to %s', (_title, egress, ports) => {
    expect(portsOut(egress)).toEqual(ports);
  });

  it('goes through the proxy and trusts the CAs, while the server, which calls nobody, is told neither', () => {
    const manifests = manifestsOf({ proxy: { url: 'http://proxy.example.com:3128' }, caBundle: EXAMPLE_CA });

    const pod = (find(manifests, 'DaemonSet', 'ollama-model-sync').spec['template'] as PlainMap)['spec'];
    expect(pod).toMatchObject({
      containers: [
        {
          env: expect.arrayContaining([
            { name: 'HTTPS_PROXY', value: 'http://proxy.example.com:3128' },
            { name: 'SSL_CERT_DIR', value: '/etc/ssl/certs:/etc/rootstock/ca' },
          ]),
          volumeMounts: expect.arrayContaining([
            { name: 'rootstock-ca', mountPath: '/etc/rootstock/ca', readOnly: true },
          ]),
        },
      ],
      volumes: expect.arrayContaining([expect.objectContaining({ name: 'rootstock-ca' })]),
    });
    const [planned] = planOne({ ...SMALL, egress: { caBundle: EXAMPLE_CA } }, [app]).apps;
    expect(JSON.stringify(stripProvenance(planned?.plan.values ?? {}).plain)).not.toContain('SSL_CERT_DIR');
  });

  it('finds its own server without the proxy', () => {
    const manifests = manifestsOf({ proxy: { url: 'http://proxy.example.com:3128' } });

    const sync = JSON.stringify(find(manifests, 'DaemonSet', 'ollama-model-sync'));
    expect(sync).toMatch(/"NO_PROXY","value":"[^"]*127\.0\.0\.0\/8,/);
  });
});
