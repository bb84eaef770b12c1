import { randomBytes } from 'node:crypto';
import type { Following, KubectlResult } from '@sallyport/kit';
import { createKubectl } from '@sallyport/kit';
import { defaultCacheFolder, ensureKubectl } from '../kubectl.ts';
import type { ApiServer } from '../start-api-server.ts';
import { startApiServer } from '../start-api-server.ts';

/**
 * An API server (whichever the environment names) with kubectl for it, and names that no other run
 * uses.
 */
export interface TestCluster {
  readonly server: ApiServer;
  /** Part of every name that a test makes. */
  readonly id: string;
  /** A namespace of this run; removed at the end. */
  readonly namespace: string;
  /** Runs kubectl with text on its standard input; never throws for kubectl's errors. */
  readonly kubectl: (args: readonly string[], input?: string) => Promise<KubectlResult>;
  /** The same, for commands that must succeed: returns standard output. */
  readonly run: (args: readonly string[], input?: string) => Promise<string>;
  /** Starts a kubectl that does not end by itself (`get -w`); `close` ends it, too. */
  readonly follow: (args: readonly string[]) => Following;
  /** Runs helm; throws when it fails. */
  readonly helm: (args: readonly string[]) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** A set-up may take so long: the first one downloads kubectl and helm. */
export const SET_UP_TIMEOUT_MS = 600_000;

/** The plural, group and kind of the custom resource that tests define. */
export interface GateNames {
  readonly group: string;
  readonly plural: string;
  readonly resource: string;
}

const RANGE = {
  type: 'object',
  properties: {
    cidr: { type: 'string', format: 'cidr' },
    start: { type: 'string' },
    end: { type: 'string' },
  },
  oneOf: [{ required: ['cidr'] }, { required: ['start', 'end'] }],
};

const GATE_SCHEMA = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      description: 'What is wanted of the gate.',
      required: ['address'],
      'x-kubernetes-validations': [
        { rule: "!has(self.port) || self.mode == 'Open'", message: 'a port needs mode Open' },
        {
          rule: '!has(oldSelf.owner) || (has(self.owner) && self.owner == oldSelf.owner)',
          message: 'owner is immutable',
        },
      ],
      properties: {
        address: { type: 'string', format: 'ipv4', description: 'The address of the gate.' },
        mode: { type: 'string', enum: ['Open', 'Closed'], default: 'Open' },
        port: { type: 'integer', minimum: 1, maximum: 65535 },
        owner: { type: 'string', pattern: '^[a-z]+$', maxLength: 8 },
        ranges: { type: 'array', maxItems: 2, items: RANGE },
        target: { 'x-kubernetes-int-or-string': true },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        options: {
          type: 'object',
          default: {},
          properties: { retries: { type: 'integer', default: 3 } },
        },
      },
    },
    status: {
      type: 'object',
      properties: {
        conditions: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['type'],
          items: {
            type: 'object',
            required: ['type', 'status'],
            properties: { type: { type: 'string' }, status: { type: 'string' } },
          },
        },
      },
    },
  },
};

/** Starts the API server for one test file. */
export async function startTestCluster(): Promise<TestCluster> {
  const log = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  const tools = await ensureKubectl(defaultCacheFolder(process.env), log);
  const server = await startApiServer({ env: process.env, log });
  const id = `t${randomBytes(3).toString('hex')}`;
  const runner = createKubectl(tools.kubectl, server.kubeconfig);
  const kubectl: TestCluster['kubectl'] = (args, stdin = '') => runner.try(args, { stdin });
  const run: TestCluster['run'] = (args, stdin = '') => runner.run(args, { stdin });
  const helm = createKubectl(tools.helm, server.kubeconfig);
  const namespace = `sallyport-${id}`;
  try {
    await run(['create', 'namespace', namespace]);
  } catch (error) {
    await server.close();
    throw error;
  }
  const followed: Following[] = [];
  return {
    server,
    id,
    namespace,
    kubectl,
    run,
    follow: (args) => {
      const following = runner.follow(args);
      followed.push(following);
      return following;
    },
    helm: (args) => helm.run(args),
    close: async () => {
      await Promise.all(followed.map((following) => following.end()));
      await kubectl(['delete', 'namespace', namespace, '--wait=false']);
      await server.close();
    },
  };
}

/** A CustomResourceDefinition that uses everything the tests look at. */
export function gateDefinition(id: string): string {
  const { group, plural, resource } = gateNames(id);
  const version = (name: string, storage: boolean): object => ({
    name,
    served: true,
    storage,
    subresources: { status: {} },
    additionalPrinterColumns: [
      { name: 'Address', type: 'string', jsonPath: '.spec.address' },
      { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
      { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
      { name: 'Mode', type: 'string', jsonPath: '.spec.mode', priority: 1 },
    ],
    schema: { openAPIV3Schema: GATE_SCHEMA },
  });
  return JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: resource },
    spec: {
      group,
      scope: 'Cluster',
      names: {
        kind: 'Gate',
        plural,
        singular: 'gate',
        shortNames: [`g${id}`],
        categories: [`all${id}`],
      },
      versions: [version('v1beta1', true), version('v1alpha2', false)],
    },
  });
}

/** A Gate with some spec. */
export function gate(id: string, name: string, spec: object, version = 'v1beta1'): string {
  return JSON.stringify({
    apiVersion: `${gateNames(id).group}/${version}`,
    kind: 'Gate',
    metadata: { name },
    spec,
  });
}

/** Names of the tests' custom resource, of a group of this run. */
export function gateNames(id: string): GateNames {
  const group = `${id}.sallyport.example`;
  return { group, plural: 'gates', resource: `gates.${group}` };
}
