// The parts of Onyx: what the chart calls them, what each needs, and what losing its node means.
import { API } from './names.ts';

/** What a part is called in `apps.onyx.resources`. */
export const COMPONENT_NAMES = [
  'api',
  'beat',
  'docfetching',
  'docprocessing',
  'heavy',
  'indexing-model',
  'inference-model',
  'light',
  'monitoring',
  'primary',
  'slackbot',
  'user-files',
  'web',
] as const;
export type ComponentName = (typeof COMPONENT_NAMES)[number];

export interface Component {
  readonly name: ComponentName;
  /** Key of its values. */
  readonly key: string;
  readonly deployment: string;
  /** Value of the label `app`, by which the chart selects its pods. */
  readonly app: string;
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  readonly memoryLimitMiB: number;
  /** Of the chart. A request above it raises it. */
  readonly cpuLimitMillis: number;
  readonly kind: 'backend' | 'web' | 'model server';
  /** Why there is one only; absent: as many as `availability` says. */
  readonly alone?: { readonly what: string; readonly onUpdate?: string; readonly onNodeLoss: string };
  /** When the node of one of several is lost, and when it is that of the only one. */
  readonly onNodeLoss: { readonly high: string; readonly single: string };
}

const WORK_AGAIN = 'Tasks under way on that node are given to another worker or started again by the schedule.';
const WORK_LATER = 'Its tasks wait in the queue until it runs elsewhere, five to seven minutes later.';

/** A worker of Celery; requests as the chart's SIZING.md found them in production. */
function worker(
  name: ComponentName,
  key: string,
  amounts: Pick<Component, 'cpuMillis' | 'memoryMiB' | 'memoryLimitMiB' | 'cpuLimitMillis'>,
): Component {
  return {
    name,
    key: `celery_worker_${key}`,
    deployment: `onyx-celery-worker-${key.replaceAll('_', '-')}`,
    app: `celery-worker-${key.replaceAll('_', '-')}`,
    ...amounts,
    kind: 'backend',
    onNodeLoss: { high: WORK_AGAIN, single: WORK_LATER },
  };
}

/**
 * Recreate would be right for both, but the chart takes no strategy for them.
 * @see onyx chart 0.8.19, templates/celery-worker-primary.yaml and celery-beat.yaml: no `strategy`, so RollingUpdate
 */
const OVERLAP =
  'While it is updated there are two, until the new one is ready: the chart takes no other way of updating it.';

const PRIMARY: Component = {
  ...worker('primary', 'primary', { cpuMillis: 250, memoryMiB: 2048, memoryLimitMiB: 4096, cpuLimitMillis: 1000 }),
  alone: {
    what: 'Onyx has one primary Celery worker: each that starts resets what the others were coordinating in Redis.',
    onUpdate: `${OVERLAP} The new one resets once more while the old may still be at work: a run of a connector may be cancelled, and comes again by its schedule.`,
    onNodeLoss:
      'Connectors start no new runs, and deletions and permission changes wait, until it runs on another node, five to seven minutes later. Chats and search go on.',
  },
};

const BEAT: Component = {
  name: 'beat',
  key: 'celery_beat',
  deployment: 'onyx-celery-beat',
  app: 'celery-beat',
  cpuMillis: 250,
  memoryMiB: 512,
  memoryLimitMiB: 1024,
  cpuLimitMillis: 1000,
  kind: 'backend',
  onNodeLoss: { high: WORK_LATER, single: WORK_LATER },
  alone: {
    what: 'Onyx has one Celery beat: two schedulers would start every task twice.',
    onUpdate: `${OVERLAP} Tasks that are due in that time may be queued twice.`,
    onNodeLoss:
      'Nothing is scheduled until it runs on another node, five to seven minutes later: documents are fetched that much later. Chats and search go on.',
  },
};

export const SLACKBOT: Component = {
  name: 'slackbot',
  key: 'slackbot',
  deployment: 'onyx-slackbot',
  app: 'slack-bot',
  cpuMillis: 250,
  memoryMiB: 512,
  memoryLimitMiB: 2048,
  cpuLimitMillis: 1000,
  kind: 'backend',
  onNodeLoss: { high: WORK_LATER, single: WORK_LATER },
  alone: {
    what: 'Onyx has one Slackbot: the chart offers no more.',
    onNodeLoss: 'Slack gets no answers until it runs on another node, five to seven minutes later.',
  },
};

/** For the docs: why there is one only, what the loss of its node does, and after that what an update does. */
export function listExceptions(components: readonly Component[]): { what: string; onNodeLoss: string }[] {
  return components.flatMap(({ alone }) => {
    if (alone === undefined) return [];
    const { what, onUpdate, onNodeLoss } = alone;
    return [{ what, onNodeLoss: onUpdate === undefined ? onNodeLoss : `${onNodeLoss} ${onUpdate}` }];
  });
}

/** Without the bot, which is off unless asked for. */
export const COMPONENTS: readonly Component[] = [
  {
    name: 'api',
    key: 'api',
    deployment: API.deployment,
    app: 'api-server',
    cpuMillis: 1000,
    memoryMiB: 1536,
    memoryLimitMiB: 4096,
    cpuLimitMillis: 3000,
    kind: 'backend',
    onNodeLoss: {
      high: 'Answers under way on that node break off, and for about a minute some requests fail; then the other replica answers alone.',
      single: 'Nobody can chat or search until it runs elsewhere, five to seven minutes later.',
    },
  },
  {
    name: 'web',
    key: 'webserver',
    deployment: 'onyx-web-server',
    app: 'web-server',
    cpuMillis: 200,
    memoryMiB: 512,
    memoryLimitMiB: 1024,
    cpuLimitMillis: 1000,
    kind: 'web',
    onNodeLoss: {
      high: 'For about a minute some pages fail to load; then the other replica serves them alone.',
      single: 'No page loads until it runs elsewhere, five to seven minutes later.',
    },
  },
  PRIMARY,
  worker('light', 'light', { cpuMillis: 250, memoryMiB: 512, memoryLimitMiB: 4096, cpuLimitMillis: 2000 }),
  worker('heavy', 'heavy', { cpuMillis: 500, memoryMiB: 1024, memoryLimitMiB: 4096, cpuLimitMillis: 1000 }),
  worker('docprocessing', 'docprocessing', {
    cpuMillis: 500,
    memoryMiB: 2048,
    memoryLimitMiB: 12288,
    cpuLimitMillis: 1000,
  }),
  worker('docfetching', 'docfetching', {
    cpuMillis: 500,
    memoryMiB: 2048,
    memoryLimitMiB: 16384,
    cpuLimitMillis: 1000,
  }),
  worker('user-files', 'user_file_processing', {
    cpuMillis: 250,
    memoryMiB: 512,
    memoryLimitMiB: 2048,
    cpuLimitMillis: 2000,
  }),
  worker('monitoring', 'monitoring', { cpuMillis: 250, memoryMiB: 512, memoryLimitMiB: 4096, cpuLimitMillis: 1000 }),
  BEAT,
  {
    name: 'inference-model',
    key: 'inferenceCapability',
    deployment: 'onyx-inference-model',
    app: 'inference-model-server',
    cpuMillis: 1000,
    memoryMiB: 3072,
    memoryLimitMiB: 10240,
    cpuLimitMillis: 4000,
    kind: 'model server',
    onNodeLoss: {
      high: 'For about a minute some searches find nothing; then the other replica answers alone.',
      single: 'Search in documents fails until it runs elsewhere. Chats without documents go on.',
    },
  },
  {
    name: 'indexing-model',
    key: 'indexCapability',
    deployment: 'onyx-indexing-model',
    app: 'indexing-model-server',
    cpuMillis: 1000,
    memoryMiB: 3072,
    memoryLimitMiB: 6144,
    cpuLimitMillis: 6000,
    kind: 'model server',
    onNodeLoss: {
      high: 'New documents are indexed by the other replica; what was under way is repeated.',
      single: 'New documents wait until it runs elsewhere. Search and chats go on.',
    },
  },
];
