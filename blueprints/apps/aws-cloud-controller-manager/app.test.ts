import { describe, expect, it } from 'vitest';
import { type PlainMap, stripProvenance, type YamlMap } from '../../../generator/core/provenance.ts';
import { EXAMPLE_CA } from '../../../generator/testing/certificates.ts';
import { planOne, SMALL } from '../../../generator/testing/plan-builder.ts';
import { app } from './app.ts';
import { IMAGE_MINORS, requireImageTag } from './image-tags.ts';

describe('blueprints/apps/aws-cloud-controller-manager/app.ts', () => {
  it('finds the nodes that k3s labels', () => {
    expect(valuesOf({})['nodeSelector']).toEqual({ 'node-role.kubernetes.io/control-plane': 'true' });
  });

  it('starts under any taint and without a pod network', () => {
    expect(valuesOf({})).toMatchObject({ tolerations: [{ operator: 'Exists' }], hostNetworking: true });
  });

  it('leaves pod networks to k3s and is told whose cluster it is', () => {
    const args = valuesOf({})['args'];

    expect(args).toEqual(
      expect.arrayContaining([
        '--cloud-provider=aws',
        '--cluster-name=lab',
        '--configure-cloud-routes=false',
        '--allocate-node-cidrs=false',
      ]),
    );
  });

  it('reads the file that the ConfigMap brings', () => {
    const values = valuesOf({});
    const map = configMapOf({});

    expect(values['args']).toContain('--cloud-config=/etc/cloud-config/cloud.conf');
    expect(values['extraVolumes']).toEqual([{ name: 'cloud-config', configMap: { name: map.metadata.name } }]);
    expect(Object.keys(map.data)).toEqual(['cloud.conf']);
  });

  it('restarts when its configuration changes, because it reads it at start only', () => {
    const before = valuesOf({})['podAnnotations'];
    const after = valuesOf({ platform: { kind: 'zcompute', endpoint: 'https://elsewhere.example.com' } })[
      'podAnnotations'
    ];

    expect(after).not.toEqual(before);
  });

  it('takes the image of its Kubernetes minor', () => {
    const values = valuesOf({ cluster: { ...SMALL.cluster, version: 'v1.34.12+k3s1' } });

    expect(values['image']).toEqual({ tag: 'v1.34.3' });
  });

  it.each(IMAGE_MINORS)('has an image that was built for Kubernetes %s', (minor) => {
    expect(requireImageTag(minor)).toMatch(new RegExp(`^v${minor.replace('.', '\\.')}\\.\\d+$`));
  });

  it('calls a minor without an image our bug', () => {
    expect(() => requireImageTag('1.40')).toThrow('no cloud controller image for Kubernetes 1.40; known: 1.32, 1.33');
  });

  it('needs no label on kube-system, which is not ours', () => {
    expect(app.namespace).toEqual({ name: 'kube-system' });
  });
});

interface ConfigMap {
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
}

function planned(changes: object) {
  const [only] = planOne({ ...SMALL, ...changes }, [app]).apps;
  if (only === undefined) throw new Error('the cloud controller was not planned');
  return only.plan;
}

function valuesOf(changes: object): YamlMap {
  return stripProvenance(planned(changes).values ?? {}).plain as YamlMap;
}

function configMapOf(changes: object): ConfigMap {
  const [manifest] = planned(changes).manifests ?? [];
  return stripProvenance(manifest?.object ?? {}).plain as unknown as ConfigMap;
}

describe('blueprints/apps/aws-cloud-controller-manager/app.ts: behind a proxy', () => {
  it('takes the certificates from its node, so that user data carries them once', () => {
    const environment = { ...SMALL, egress: { caBundle: EXAMPLE_CA, proxy: { url: 'http://proxy.example.com:3128' } } };

    const [planned] = planOne(environment, [app]).apps;

    const values = stripProvenance(planned?.plan.values ?? {}).plain as PlainMap;
    expect(values['extraVolumes']).toContainEqual({
      name: 'rootstock-ca',
      hostPath: { path: '/etc/ssl/certs', type: 'Directory' },
    });
    expect(values['env']).toContainEqual({ name: 'HTTPS_PROXY', value: 'http://proxy.example.com:3128' });
    expect(JSON.stringify(planned?.plan.manifests)).not.toContain('BEGIN CERTIFICATE');
  });
});
