import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import { parseConfig } from '@sallyport/config';
import type { InterfaceAddress } from '@sallyport/dataplane';
import type { Clock } from '@sallyport/reconcile';
import { EMPTY_ROUTING } from '@sallyport/rtnetlink/testing';
import { pino } from 'pino';
import { agentOptions, ENV_PREFIX } from '../config.ts';
import type { AgentMetrics } from '../metrics.ts';
import { createAgentMetrics } from '../metrics.ts';
import type { PassInput, PassResult } from '../pass/dataplane-pass.ts';
import type { Findings } from '../report/bounded-findings.ts';
import { AgentLoop } from './agent-loop.ts';

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
  wrongSourcesDropped: 0,
  desired: {
    netfilter: {
      paths: new Map(),
      internal: new Set(),
      snatIds: new Map(),
      nodes: new Set(),
      tunnelPort: 6081,
    },
    bridge: {
      ip: '192.168.77.11',
      peers: [],
      udpPort: 6081,
      redirects: new Map(),
      gateways: new Map(),
      translations: new Map(),
    },
    routing: EMPTY_ROUTING,
  },
};

/** Calls that are due later than at once: the test makes them. */
type Later = { readonly delayMs: number; readonly callback: () => void }[];

interface Fixture {
  readonly loop: AgentLoop;
  readonly inputs: PassInput[];
  readonly reports: Findings[];
  /** Messages of the level error. */
  readonly errors: string[];
  readonly later: Later;
  readonly metrics: AgentMetrics;
  /** How often the loop asked the reporter to repeat its report. */
  repeats: number;
  /** The outcome of the next passes. */
  outcome: () => Promise<PassResult>;
}

describe('tick', () => {
  it('does nothing before all input is there, and can be repeated', async () => {
    const { loop, inputs, reports } = setUp(never);
    await loop.tick();
    loop.addressesChanged([address('192.168.77.11')]);
    await loop.tick();
    expect(inputs).toEqual([]);
    expect(loop.state()).toMatchObject({
      waitingFor: ['egressgroups', 'clusternetworks'],
      lastPass: 'none',
    });
    expect(reports).toEqual([]);
  });

  it('gives the same report and state the second time', async () => {
    const fixture = setUp(never);
    sendAll(fixture);
    await fixture.loop.tick();
    const state = fixture.loop.state();
    expect(state).toMatchObject({ lastPass: 'ok', realizedResourceVersion: '7' });
    await fixture.loop.tick();
    expect(fixture.loop.state()).toEqual(state);
    expect(new Set(fixture.reports.map((report) => JSON.stringify(report))).size).toBe(1);
  });

  it('counts the packets that were dropped for a wrong source, also when the rules are new', async () => {
    const fixture = setUp(never);
    sendAll(fixture);
    for (const [wrongSourcesDropped, total] of [
      [3, 3],
      [5, 5],
      [5, 5],
      [0, 5],
      [2, 7],
    ] as const) {
      fixture.outcome = () => Promise.resolve({ ...NOTHING, wrongSourcesDropped });
      await fixture.loop.tick();
      expect(await fixture.metrics.registry.metrics()).toContain(
        `\nsallyport_agent_wrong_source_packets_dropped_total ${total}\n`,
      );
    }
  });

  it('rejects with the error of the pass', async () => {
    const fixture = setUp(never);
    sendAll(fixture);
    fixture.outcome = () => Promise.reject(new Error('it is gone'));
    await expect(fixture.loop.tick()).rejects.toThrow('it is gone');
    expect(fixture.loop.state()).toMatchObject({ lastPass: 'failed', failure: 'it is gone' });
  });
});

describe('the loop', () => {
  it('makes no pass and no report before it has groups, network and addresses', async () => {
    const fixture = setUp();
    const { loop, inputs, reports } = fixture;
    loop.addressesChanged([address('192.168.77.11')]);
    await settled();
    sendGroups(fixture, '7', group);
    await settled();
    expect(inputs).toEqual([]);
    expect(loop.state().waitingFor).toEqual(['clusternetworks']);
    sendNetwork(fixture);
    await settled();
    expect(inputs).toHaveLength(1);
    expect(inputs[0]).toMatchObject({ nodeName: 'n1', groups: [group], network });
    expect(reports).toEqual([
      { addresses: ['192.168.77.11'], realizedResourceVersion: '7', realizedNetworkVersion: '5' },
    ]);
  });

  it('makes a pass without groups when the list is empty', async () => {
    const fixture = setUp();
    await started(fixture);
    sendGroups(fixture, '8');
    await settled();
    expect(fixture.inputs.at(-1)?.groups).toEqual([]);
    expect(fixture.reports.at(-1)?.realizedResourceVersion).toBe('8');
  });

  it('reports the version of a new network only after a pass with it has succeeded', async () => {
    const fixture = setUp();
    await started(fixture);
    let end: (result: PassResult) => void = () => undefined;
    fixture.outcome = () => new Promise((resolve) => (end = resolve));
    sendNetwork(fixture, '6');
    await settled();
    expect(fixture.reports.at(-1)?.realizedNetworkVersion).toBe('5');
    end(NOTHING);
    await settled();
    expect(fixture.reports.at(-1)?.realizedNetworkVersion).toBe('6');
  });

  it('reports a new address before the pass that follows it has ended', async () => {
    const fixture = setUp();
    await started(fixture);
    fixture.outcome = () => new Promise(() => undefined);
    fixture.loop.addressesChanged([address('192.168.77.11'), address('192.168.77.200')]);
    expect(fixture.reports.at(-1)?.addresses).toEqual(['192.168.77.11', '192.168.77.200']);
  });

  it('reports the addresses of the uplink even if Pods have theirs from the same range', async () => {
    const fixture = setUp();
    await started(fixture);
    const flat = { ...network, podCIDRs: ['192.168.0.0/16'] };
    fixture.loop.networkChanged({
      objects: new Map([['default', flat]]),
      resourceVersion: '6',
      synced: true,
    });
    fixture.loop.addressesChanged([address('192.168.77.11'), address('192.168.77.200')]);
    expect(fixture.reports.at(-1)?.addresses).toEqual(['192.168.77.11', '192.168.77.200']);
  });

  it('reports the failure of a pass with the version realized before, and then the next success', async () => {
    const fixture = setUp();
    await started(fixture);
    fixture.outcome = () => Promise.reject(new Error('ovs-bundle: ovs-ofctl: it is gone'));
    sendGroups(fixture, '9', group);
    await settled();
    expect(fixture.reports.at(-1)).toEqual({
      addresses: ['192.168.77.11'],
      realizedResourceVersion: '7',
      realizedNetworkVersion: '5',
      failure: 'ovs-bundle: ovs-ofctl: it is gone',
    });
    expect(fixture.loop.state()).toMatchObject({ lastPass: 'failed' });
    fixture.outcome = () => Promise.resolve(NOTHING);
    sendGroups(fixture, '10', group);
    await settled();
    expect(fixture.reports.at(-1)).toEqual({
      addresses: ['192.168.77.11'],
      realizedResourceVersion: '10',
      realizedNetworkVersion: '5',
    });
  });

  it('logs a lasting failure once, and again if it returns after a pass that succeeded at least in part', async () => {
    const fixture = setUp();
    const fails = (): Promise<PassResult> =>
      Promise.reject(new Error('ovs-bundle: ovs-ofctl: it is gone'));
    fixture.outcome = fails;
    await started(fixture);
    sendGroups(fixture, '8', group);
    await settled();
    expect(fixture.errors).toEqual(['dataplane pass failed']);
    fixture.outcome = () =>
      Promise.resolve({ ...NOTHING, faults: [{ egress: 'web', message: 'no' }] });
    sendGroups(fixture, '9', group);
    await settled();
    fixture.outcome = fails;
    sendGroups(fixture, '10', group);
    await settled();
    expect(fixture.errors).toEqual(['dataplane pass failed', 'dataplane pass failed']);
  });

  it('realizes the other Egresses although one cannot be realized, and reports that one', async () => {
    const fixture = setUp();
    const faults = [{ egress: 'web', message: 'Egress web is dropped.' }];
    fixture.outcome = () => Promise.resolve({ ...NOTHING, faults });
    await started(fixture);
    const realized = {
      addresses: ['192.168.77.11'],
      realizedResourceVersion: '7',
      realizedNetworkVersion: '5',
    };
    expect(fixture.reports.at(-1)).toEqual({ ...realized, faults });
    expect(fixture.loop.state().lastPass).toBe('ok');
    fixture.outcome = () => Promise.reject(new Error('no'));
    sendGroups(fixture, '8', group);
    await settled();
    expect(fixture.reports.at(-1)).toEqual({ ...realized, failure: 'no' });
  });

  it('starts no second pass while one runs; the next one gets the latest input', async () => {
    const fixture = setUp();
    await started(fixture);
    let end: (result: PassResult) => void = () => undefined;
    fixture.outcome = () => new Promise((resolve) => (end = resolve));
    sendGroups(fixture, '8', group);
    await settled();
    sendGroups(fixture, '9', group);
    sendGroups(fixture, '10');
    await settled();
    expect(fixture.inputs).toHaveLength(2);
    end(NOTHING);
    await settled();
    expect(fixture.inputs).toHaveLength(3);
    expect(fixture.inputs.at(-1)?.groups).toEqual([]);
    // The pass under way did not have the later input, so it did not realize it.
    expect(fixture.reports.at(-1)?.realizedResourceVersion).toBe('8');
  });

  it('makes a pass after the resync interval although nothing has changed', async () => {
    const fixture = setUp();
    await started(fixture);
    const passes = fixture.inputs.length;
    const resync = fixture.later.at(-1);
    expect(resync?.delayMs).toBe(10_000);
    resync?.callback();
    await settled();
    expect(fixture.inputs).toHaveLength(passes + 1);
  });

  it('repeats its report when a watch is connected again', () => {
    const fixture = setUp();
    fixture.loop.reconnected();
    expect(fixture.repeats).toBe(1);
  });
});

/** @param clockFor by default a clock that runs everything at once that is due at once. */
function setUp(clockFor: (later: Later) => Clock = immediately): Fixture {
  const inputs: PassInput[] = [];
  const reports: Findings[] = [];
  const errors: string[] = [];
  const later: Later = [];
  const fixture = {
    inputs,
    reports,
    errors,
    later,
    metrics: createAgentMetrics(),
    repeats: 0,
    outcome: () => Promise.resolve(NOTHING),
  };
  const loop = new AgentLoop({
    config: parseConfig(agentOptions, {
      argv: ['--node-name=n1', '--controller-url=http://10.0.0.5:10349'],
      env: {},
      envPrefix: ENV_PREFIX,
    }),
    pass: (input) => {
      inputs.push(input);
      return fixture.outcome();
    },
    reporter: {
      report: (findings) => reports.push(findings),
      repeat: () => void (fixture.repeats += 1),
    },
    clock: clockFor(later),
    monotonicMs: () => 0,
    logger: pino(
      { level: 'error' },
      { write: (line) => errors.push((JSON.parse(line) as { msg: string }).msg) },
    ),
    metrics: fixture.metrics,
  });
  return Object.assign(fixture, { loop });
}

/** Runs everything that is due at once, and keeps the rest. */
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

/** Runs nothing: after the first trigger, the test itself makes the passes. */
function never(): Clock {
  return { after: () => () => undefined };
}

function address(ip: string): InterfaceAddress {
  return { ip, device: 'eth0', up: true, loopback: false, mtu: 1500 };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await Promise.resolve();
  }
}

function sendGroups(
  { loop }: Fixture,
  resourceVersion: string,
  ...groups: readonly EgressGroup[]
): void {
  const objects = new Map(groups.map((object) => [object.metadata.name, object]));
  loop.groupsChanged({ objects, resourceVersion, synced: true });
}
function sendNetwork({ loop }: Fixture, resourceVersion = '5'): void {
  const object = { ...network, metadata: { ...network.metadata, resourceVersion } };
  loop.networkChanged({ objects: new Map([['default', object]]), resourceVersion, synced: true });
}

async function started(fixture: Fixture): Promise<void> {
  sendAll(fixture);
  await settled();
}

function sendAll(fixture: Fixture): void {
  fixture.loop.addressesChanged([address('192.168.77.11')]);
  sendNetwork(fixture);
  sendGroups(fixture, '7', group);
}
