import { describe, expect, it } from 'vitest';
import type { Container, PodSpec, RenderedObject } from './inspect.ts';
import { findForbidden } from './pod-security.ts';

const STRICT: Container = {
  name: 'web',
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  },
};

function deployment(container: Container, pod: Partial<PodSpec> = {}): RenderedObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'demo' },
    spec: { template: { spec: { containers: [container], ...pod } } },
  };
}

describe('scripts/render-charts/pod-security.ts', () => {
  it.each([
    { name: 'a strict pod in restricted', object: deployment(STRICT), level: 'restricted' },
    { name: 'a plain pod in baseline', object: deployment({ name: 'web' }), level: 'baseline' },
    { name: 'anything in privileged', object: deployment({}, { hostNetwork: true }), level: 'privileged' },
    {
      name: 'a port below 1024 in restricted',
      object: deployment({
        ...STRICT,
        securityContext: { ...STRICT.securityContext, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } },
      }),
      level: 'restricted',
    },
    {
      name: 'settings of the pod for all its containers',
      object: deployment(
        { name: 'web', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
        { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } },
      ),
      level: 'restricted',
    },
  ] as const)('accepts $name', ({ object, level }) => {
    expect(findForbidden(object, level)).toEqual([]);
  });

  it.each([
    { what: 'hostNetwork', object: deployment(STRICT, { hostNetwork: true }), level: 'baseline' },
    {
      what: 'hostPath volume data',
      object: deployment(STRICT, { volumes: [{ name: 'data', hostPath: { path: '/' } }] }),
      level: 'baseline',
    },
    {
      what: 'container web is privileged',
      object: deployment({ name: 'web', securityContext: { privileged: true } }),
      level: 'baseline',
    },
    {
      what: 'container web adds SYS_ADMIN',
      object: deployment({ name: 'web', securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }),
      level: 'baseline',
    },
    {
      what: 'container web has a host port',
      object: deployment({ name: 'web', ports: [{ hostPort: 80 }] }),
      level: 'baseline',
    },
    {
      what: 'volume disk',
      object: deployment(STRICT, { volumes: [{ name: 'disk', nfs: {} }] }),
      level: 'restricted',
    },
    {
      what: 'container web: runAsNonRoot is not true',
      object: deployment({ ...STRICT, securityContext: { ...STRICT.securityContext, runAsNonRoot: false } }),
      level: 'restricted',
    },
    {
      what: 'container web: capabilities are not dropped',
      object: deployment({ ...STRICT, securityContext: { ...STRICT.securityContext, capabilities: {} } }),
      level: 'restricted',
    },
  ] as const)('refuses: $what', ({ what, object, level }) => {
    expect(findForbidden(object, level)).toEqual([`Deployment/demo breaks Pod Security ${level}: ${what}`]);
  });
});
