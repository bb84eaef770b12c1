import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import { defaultMarks } from '@sallyport/dataplane';
import type { Clock } from '@sallyport/reconcile';
import type { InterfaceAddress } from '@sallyport/rtnetlink';
import { pino } from 'pino';
import type { Agent } from './agent.ts';
import { createAgent } from './agent.ts';
import { createAgentMetrics } from './agent-metrics.ts';
import type { PassInput, PassResult } from './dataplane-pass.ts';
import type { Findings } from './node-reporter.ts';

const apiVersion = 'controlplane.antrea.io/v1beta2';
const network: ClusterNetwork = {
  apiVersion,
  kind: 'ClusterNetwork',
  metadata: { name: 'default', resourceVersion: '5' },
  nodes: [{ name: 'n1', ips: ['192.168.77.11'] }],
  podCIDRs: ['10.244.0.0/16'],
  serviceCIDRs: [],
};
const group: EgressGroup = {
  apiVersion,
  kind: 'EgressGroup',
  metadata: { name: 'web', resourceVersion: '7' },
  tunnelID: 1,
  egressIPs: [],
  groupMembers: [],
};

const NOTHING: PassResult = {
  applied: [],
  faults: [],
  desired: {
    ovs: { flows: [], groups: [] },
    ipsets: {},
    iptables: { chains: [], jumps: [] },
    routing: { rules: [], routes: [] },
  },
};

/** What is due later than at once: nothing of it runs by itself. */
type Later = { readonly delayMs: number; readonly callback: () => void }[];

interface Fixture {
  readonly agent: Agent;
  readonly inputs: PassInput[];
  readonly reports: Findings[];
  /** Messages of the level error. */
  readonly errors: string[];
  readonly later: Later;
  /** How often it asked to have its report repeated. */
  repeats: number;
  /** What the next passes do. */
  outcome: () => Promise<PassResult>;
}

describe('the agent', () => {
  it('touches nothing and reports nothing before it knows groups, network and addresses', async () => {
    const fixture = setUp();
    const { agent, inputs, reports } = fixture;
    agent.addressesChanged([address('192.168.77.11')]);
    await settled();
    tellGroups(fixture, '7', group);
    await settled();
    expect(inputs).toEqual([]);
    expect(agent.state().waitingFor).toEqual(['clusternetworks']);
    tellNetwork(fixture);
    await settled();
    expect(inputs).toHaveLength(1);
    expect(inputs[0]).toMatchObject({ nodeName: 'n1', groups: [group], network });
    expect(reports).toEqual([
      { addresses: ['192.168.77.11'], realizedResourceVersion: '7', realizedNetworkVersion: '5' },
    ]);
  });

  it('takes an empty list of groups for what it is: there is nothing to do any more', async () => {
    const fixture = setUp();
    await tellAll(fixture);
    tellGroups(fixture, '8');
    await settled();
    expect(fixture.inputs.at(-1)?.groups).toEqual([]);
    expect(fixture.reports.at(-1)?.realizedResourceVersion).toBe('8');
  });

  it('reports a new network once a pass has made the dataplane agree with it', async () => {
    const fixture = setUp();
    await tellAll(fixture);
    let end: (result: PassResult) => void = () => undefined;
    fixture.outcome = () => new Promise((resolve) => (end = resolve));
    tellNetwork(fixture, '6');
    await settled();
    expect(fixture.reports.at(-1)?.realizedNetworkVersion).toBe('5');
    end(NOTHING);
    await settled();
    expect(fixture.reports.at(-1)?.realizedNetworkVersion).toBe('6');
  });

  it('reports a new address before the pass that follows it has ended', async () => {
    const fixture = setUp();
    await tellAll(fixture);
    fixture.outcome = () => new Promise(() => undefined);
    fixture.agent.addressesChanged([address('192.168.77.11'), address('192.168.77.200')]);
    expect(fixture.reports.at(-1)?.addresses).toEqual(['192.168.77.11', '192.168.77.200']);
  });

  it('reports the addresses of the device of the Node also where Pods have theirs from the same range', async () => {
    const fixture = setUp();
    await tellAll(fixture);
    const flat = { ...network, podCIDRs: ['192.168.0.0/16'] };
    fixture.agent.networkChanged({
      objects: new Map([['default', flat]]),
      resourceVersion: '6',
      synced: true,
    });
    fixture.agent.addressesChanged([address('192.168.77.11'), address('192.168.77.200')]);
    expect(fixture.reports.at(-1)?.addresses).toEqual(['192.168.77.11', '192.168.77.200']);
  });

  it('reports why a pass failed with the version realized before, and the next success', async () => {
    const fixture = setUp();
    await tellAll(fixture);
    fixture.outcome = () => Promise.reject(new Error('ovs-bundle: ovs-ofctl: it is gone'));
    tellGroups(fixture, '9', group);
    await settled();
    expect(fixture.reports.at(-1)).toEqual({
      addresses: ['192.168.77.11'],
      realizedResourceVersion: '7',
      realizedNetworkVersion: '5',
      failure: 'ovs-bundle: ovs-ofctl: it is gone',
    });
    expect(fixture.agent.state()).toMatchObject({ lastPass: 'failed' });
    fixture.outcome = () => Promise.resolve(NOTHING);
    tellGroups(fixture, '10', group);
    await settled();
    expect(fixture.reports.at(-1)).toEqual({
      addresses: ['192.168.77.11'],
      realizedResourceVersion: '10',
      realizedNetworkVersion: '5',
    });
  });

  it('logs a failure that lasts once, and again when it comes back after a pass that succeeded, if only in part', async () => {
    const fixture = setUp();
    const fails = (): Promise<PassResult> =>
      Promise.reject(new Error('ovs-bundle: ovs-ofctl: it is gone'));
    fixture.outcome = fails;
    await tellAll(fixture);
    tellGroups(fixture, '8', group);
    await settled();
    expect(fixture.errors).toEqual(['dataplane pass failed']);
    fixture.outcome = () =>
      Promise.resolve({ ...NOTHING, faults: [{ egress: 'web', message: 'no' }] });
    tellGroups(fixture, '9', group);
    await settled();
    fixture.outcome = fails;
    tellGroups(fixture, '10', group);
    await settled();
    expect(fixture.errors).toEqual(['dataplane pass failed', 'dataplane pass failed']);
  });

  it('realizes what can be had although one Egress cannot, and says which', async () => {
    const fixture = setUp();
    const faults = [{ egress: 'web', message: 'Egress web is dropped.' }];
    fixture.outcome = () => Promise.resolve({ ...NOTHING, faults });
    await tellAll(fixture);
    const realized = {
      addresses: ['192.168.77.11'],
      realizedResourceVersion: '7',
      realizedNetworkVersion: '5',
    };
    expect(fixture.reports.at(-1)).toEqual({ ...realized, faults });
    expect(fixture.agent.state().lastPass).toBe('ok');
    fixture.outcome = () => Promise.reject(new Error('no'));
    tellGroups(fixture, '8', group);
    await settled();
    expect(fixture.reports.at(-1)).toEqual({ ...realized, failure: 'no' });
  });

  it('does not start a second pass while one is under way, and then sees the latest', async () => {
    const fixture = setUp();
    await tellAll(fixture);
    let end: (result: PassResult) => void = () => undefined;
    fixture.outcome = () => new Promise((resolve) => (end = resolve));
    tellGroups(fixture, '8', group);
    await settled();
    tellGroups(fixture, '9', group);
    tellGroups(fixture, '10');
    await settled();
    expect(fixture.inputs).toHaveLength(2);
    end(NOTHING);
    await settled();
    expect(fixture.inputs).toHaveLength(3);
    expect(fixture.inputs.at(-1)?.groups).toEqual([]);
    // What came meanwhile is not realized by the pass that did not see it.
    expect(fixture.reports.at(-1)?.realizedResourceVersion).toBe('8');
  });

  it('looks at the dataplane again after the resync interval, although nobody told it anything', async () => {
    const fixture = setUp();
    await tellAll(fixture);
    const passes = fixture.inputs.length;
    const resync = fixture.later.at(-1);
    expect(resync?.delayMs).toBe(10_000);
    resync?.callback();
    await settled();
    expect(fixture.inputs).toHaveLength(passes + 1);
  });

  it('has its report repeated when it is connected again', () => {
    const fixture = setUp();
    fixture.agent.reconnected();
    expect(fixture.repeats).toBe(1);
  });
});

function setUp(): Fixture {
  const inputs: PassInput[] = [];
  const reports: Findings[] = [];
  const errors: string[] = [];
  const later: Later = [];
  const fixture = {
    inputs,
    reports,
    errors,
    later,
    repeats: 0,
    outcome: () => Promise.resolve(NOTHING),
  };
  const agent = createAgent({
    nodeName: 'n1',
    marks: defaultMarks,
    tunnelUdpPort: 6081,
    pass: (input) => {
      inputs.push(input);
      return fixture.outcome();
    },
    reporter: {
      report: (findings) => reports.push(findings),
      repeat: () => void (fixture.repeats += 1),
      stop: () => Promise.resolve(),
    },
    resyncMs: 10_000,
    clock: immediately(later),
    now: () => 0,
    logger: pino(
      { level: 'error' },
      { write: (line) => errors.push((JSON.parse(line) as { msg: string }).msg) },
    ),
    metrics: createAgentMetrics(),
  });
  return Object.assign(fixture, { agent });
}

/** Runs what is due at once, and keeps the rest. */
function immediately(later: Later): Clock {
  return {
    after: (delayMs, callback) => {
      if (delayMs < 100) {
        queueMicrotask(callback);
      } else {
        later.push({ delayMs, callback });
      }
      return () => undefined;
    },
  };
}

function address(ip: string): InterfaceAddress {
  return { ip, device: 'eth0', up: true, loopback: false, mtu: 1500 };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await Promise.resolve();
  }
}

function tellGroups(
  { agent }: Fixture,
  resourceVersion: string,
  ...groups: readonly EgressGroup[]
): void {
  const objects = new Map(groups.map((object) => [object.metadata.name, object]));
  agent.groupsChanged({ objects, resourceVersion, synced: true });
}
function tellNetwork({ agent }: Fixture, resourceVersion = '5'): void {
  const object = { ...network, metadata: { ...network.metadata, resourceVersion } };
  agent.networkChanged({ objects: new Map([['default', object]]), resourceVersion, synced: true });
}
async function tellAll(fixture: Fixture): Promise<void> {
  fixture.agent.addressesChanged([address('192.168.77.11')]);
  tellNetwork(fixture);
  tellGroups(fixture, '7', group);
  await settled();
}
