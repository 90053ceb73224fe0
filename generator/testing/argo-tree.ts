// A small sound repository of Applications, written by hand, and what checks read of it after a change.
import { type FileTree, makeFileTree } from '../core/file-tree.ts';
import type { CheckInput } from '../verify/check.ts';
import { readYamlFile } from '../verify/checks/yaml-form.ts';

const retry = `    retry:
      limit: -1
      refresh: true
      backoff:
        duration: 10s
        factor: 2
        maxDuration: 3m
`;

/** Files by path. */
export const SOUND: Readonly<Record<string, string>> = {
  'clusters/lab/root.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: root
  namespace: argocd
  annotations:
    argocd.argoproj.io/ignore-healthcheck: "true"
spec:
  project: bootstrap
  destination:
    server: https://kubernetes.default.svc
    namespace: argocd
  source:
    repoURL: https://git.example.com/acme/lab.git
    targetRevision: refs/heads/main
    path: clusters/lab/apps
    directory:
      include: "*.yaml"
  syncPolicy:
    automated:
      prune: true
      selfHeal: true
${retry}`,
  'clusters/lab/apps/projects.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: projects
  namespace: argocd
  annotations:
    argocd.argoproj.io/compare-options: ServerSideDiff=true
    argocd.argoproj.io/sync-options: Prune=false
    argocd.argoproj.io/sync-wave: "-100"
spec:
  project: bootstrap
  destination:
    server: https://kubernetes.default.svc
    namespace: argocd
  source:
    repoURL: https://git.example.com/acme/lab.git
    targetRevision: refs/heads/main
    path: clusters/lab
    directory:
      recurse: true
      include: "{root.yaml,projects/*.yaml}"
  syncPolicy:
    automated:
      prune: false
      selfHeal: true
    syncOptions:
      - ServerSideApply=true
${retry}`,
  'clusters/lab/apps/argo-cd.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: argo-cd
  namespace: argocd
  annotations:
    argocd.argoproj.io/sync-options: Prune=false
    argocd.argoproj.io/sync-wave: "100"
spec:
  project: bootstrap
  destination:
    server: https://kubernetes.default.svc
    namespace: argocd
  sources:
    - repoURL: https://charts.example.com
      chart: argo-cd
      targetRevision: 10.1.1
      helm:
        releaseName: argocd
        valueFiles:
          - $values/clusters/lab/values/argo-cd.yaml
    - repoURL: https://git.example.com/acme/lab.git
      targetRevision: refs/heads/main
      ref: values
  syncPolicy:
    automated:
      prune: true
${retry}`,
  'clusters/lab/apps/shop.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  namespace: argocd
  annotations:
    argocd.argoproj.io/compare-options: ServerSideDiff=true
    argocd.argoproj.io/manifest-generate-paths: /clusters/lab/values/shop.yaml;/clusters/lab/manifests/shop
    argocd.argoproj.io/sync-wave: "10"
  finalizers:
    - resources-finalizer.argocd.argoproj.io
spec:
  project: workloads
  destination:
    server: https://kubernetes.default.svc
    namespace: shop
  sources:
    - repoURL: https://charts.example.com
      chart: shop
      targetRevision: 1.2.3
      helm:
        releaseName: shop
        valueFiles:
          - $values/clusters/lab/values/shop.yaml
    - repoURL: https://git.example.com/acme/lab.git
      targetRevision: refs/heads/main
      ref: values
    - repoURL: https://git.example.com/acme/lab.git
      targetRevision: refs/heads/main
      path: clusters/lab/manifests/shop
      directory:
        include: "*.yaml"
  syncPolicy:
    automated:
      prune: true
      selfHeal: true
    managedNamespaceMetadata:
      labels:
        pod-security.kubernetes.io/enforce: restricted
    syncOptions:
      - CreateNamespace=true
      - ServerSideApply=true
${retry}`,
  'clusters/lab/values/argo-cd.yaml': `configs:
  cm:
    resource.customizations.health.argoproj.io_Application: |
      return obj.status.sync.comparedTo
`,
  'clusters/lab/values/shop.yaml': `replicas: 2
`,
  'clusters/lab/manifests/shop/store.yaml': `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: store
  namespace: shop
  annotations:
    argocd.argoproj.io/sync-options: Prune=false,Delete=false
spec:
  accessModes:
    - ReadWriteOnce
`,
  'clusters/lab/manifests/shop/class.yaml': `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: fast
provisioner: ebs.csi.aws.com
`,
  'clusters/lab/projects/bootstrap.yaml': `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: bootstrap
  namespace: argocd
spec:
  sourceRepos:
    - https://charts.example.com
    - https://git.example.com/acme/lab.git
  destinations:
    - server: https://kubernetes.default.svc
      namespace: argocd
`,
  'clusters/lab/projects/workloads.yaml': `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: workloads
  namespace: argocd
spec:
  sourceRepos:
    - https://charts.example.com
    - https://git.example.com/acme/lab.git
  destinations:
    - server: https://kubernetes.default.svc
      namespace: shop
  clusterResourceWhitelist:
    - group: ""
      kind: Namespace
    - group: storage.k8s.io
      kind: StorageClass
`,
};

/** What checks read of {@link SOUND}, with files replaced, added or (undefined) taken away. */
export function inputWith(changes: Readonly<Record<string, string | undefined>> = {}): CheckInput {
  const texts = Object.entries({ ...SOUND, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const tree: FileTree = makeFileTree(
    texts.map(([path, content]) => ({ path, content, kind: 'manifest' as const, origin: '' })),
  );
  const yaml = [...tree.values()].flatMap((file) => {
    if (!/\.ya?ml$/.test(file.path)) return [];
    const reading = readYamlFile(file);
    if (!reading.ok) throw new Error(`${file.path} is not YAML: ${JSON.stringify(reading.problems)}`);
    return [{ file, documents: reading.documents }];
  });
  return { tree, yaml, valuePaths: new Map() };
}

/** What checks read of {@link SOUND} with one text in one file replaced; throws if the text is not there. */
export function inputAfter(path: string, from: string, to: string): CheckInput {
  const content = SOUND[path];
  if (content?.includes(from) !== true) throw new Error(`${path} has no ${JSON.stringify(from)}`);
  return inputWith({ [path]: content.replace(from, () => to) });
}
