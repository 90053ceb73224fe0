// Raw answers by flag → the answers that an environment file is composed from.
import { defaultRegion } from '../../core/aws-hosts.ts';
import type {
  DnsAnswer,
  EnvironmentAnswers,
  PlatformAnswer,
  StoreAnswer,
} from '../../environment/compose-environment.ts';
import { type Given, NO_GPU, QUESTIONS, type Question } from './questions.ts';

export interface AnswersReading {
  readonly given: Given;
  /** Questions that apply, have no default, and were not answered. */
  readonly missing: readonly Question[];
}

/** Adds the defaults of all questions that apply, in their order; what stays open is listed. */
export function fillDefaults(flags: Given): AnswersReading {
  let given = flags;
  // Defaults may follow from answers that are still missing; samples stand in for those.
  let imagined = flags;
  const missing: Question[] = [];
  for (const question of QUESTIONS) {
    if (given[question.flag] !== undefined || !applies(question, imagined)) continue;
    const answer = question.fallback?.(imagined);
    if (answer === undefined) missing.push(question);
    else given = { ...given, [question.flag]: answer };
    imagined = { ...imagined, [question.flag]: answer ?? question.sample };
  }
  return { given, missing };
}

export function applies(question: Question, given: Given): boolean {
  return question.applies?.(given) ?? true;
}

/** Makes answers of complete raw answers; what is missing becomes empty text, which validation then refuses. */
export function toAnswers(given: Given): EnvironmentAnswers {
  const text = (flag: string) => given[flag] ?? '';
  const gpuType = text('gpu-type');
  const privateAccess = optional(given['private-access']);
  const stateBucket = optional(given['state-bucket']);
  const domain = optional(given['domain']);
  return {
    name: text('name'),
    platform: toPlatform(given),
    repository: { url: text('repository'), branch: text('branch'), access: text('access') },
    sshFrom: toList(text('ssh-from')),
    ...(privateAccess === undefined ? {} : { privateAccess }),
    sshPublicKey: text('ssh-key'),
    availability: given['availability'] === 'high' ? 'high' : 'single',
    control: { instanceType: text('control-type') },
    worker: { instanceType: text('worker-type') },
    ...(gpuType === '' || gpuType === NO_GPU ? {} : { gpu: toGpu(given) }),
    ...(given['availability'] === 'high' ? { etcdBackup: toStore(given, 'etcd') } : {}),
    ...(stateBucket === undefined ? {} : { stateBucket: toStore(given, 'state') }),
    ...(domain === undefined ? {} : { domain }),
    dns: toDns(given),
    ...(domain !== undefined && given['tls'] === 'acme' ? { acmeEmail: text('email') } : {}),
  };
}

function toPlatform(given: Given): PlatformAnswer {
  if (given['platform'] !== 'aws') return { kind: 'zcompute', endpoint: given['endpoint'] ?? '' };
  return { kind: 'aws', region: given['region'] ?? '', availabilityZones: toList(given['zones'] ?? '') };
}

function toGpu(given: Given) {
  const pciId = optional(given['gpu-pci-id']);
  const memory = optional(given['gpu-memory']);
  return {
    instanceType: given['gpu-type'] ?? '',
    model: given['gpu-model'] ?? '',
    count: toNumber(given['gpu-count'] ?? '1'),
    ...(pciId === undefined ? {} : { pciId }),
    ...(memory === undefined ? {} : { memoryGiB: toNumber(memory) }),
  };
}

/** What is no number stays as it is, so that validation refuses what was written and not what became of it. */
function toNumber(text: string): number | string {
  return Number.isFinite(Number(text)) ? Number(text) : text;
}

function toStore(given: Given, prefix: 'etcd' | 'state'): StoreAnswer {
  const endpoint = optional(given[`${prefix}-endpoint`]);
  const region = defaultRegion({ kind: given['platform'] ?? '', region: given['region'] ?? '' }, endpoint);
  return { bucket: given[`${prefix}-bucket`] ?? '', region, ...(endpoint === undefined ? {} : { endpoint }) };
}

function toDns(given: Given): DnsAnswer {
  const { dns = 'none' } = given;
  if (dns === 'none' || dns === 'wildcard') return { kind: dns };
  const server = optional(given['dns-server']);
  const tsigKeyName = optional(given['tsig-key-name']);
  return {
    kind: 'external-dns',
    provider: dns,
    ...(server === undefined ? {} : { server }),
    ...(tsigKeyName === undefined ? {} : { tsigKeyName }),
  };
}

function toList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function optional(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}
