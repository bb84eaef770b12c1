import type { NodeReport } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION, MAX_REPORT_BYTES } from '@sallyport/api';
import type { Clock } from '@sallyport/reconcile';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Registry } from 'prom-client';
import { createNodeReports } from '../observe/node-reports.ts';
import { publish } from '../publish/publish.ts';
import { createStores } from '../publish/stores.ts';
import { decidedFor, noProgress } from '../testing/decision-for.ts';
import type { Server } from './create-server.ts';
import { createServer } from './create-server.ts';

const never: Clock = { after: () => () => undefined };
const base = `/apis/${CONTROLPLANE_GROUP_VERSION}`;

const { decision, views } = decidedFor(
  {
    nodes: new Map([
      ['n1', { name: 'n1', ips: ['10.0.0.1'], podCIDRs: ['10.244.1.0/24'], ready: true }],
    ]),
  },
  { serviceCIDRs: ['10.96.0.0/16'] },
);

describe('the HTTP server', () => {
  let synced: Awaited<ReturnType<typeof serverOf>>;
  beforeAll(async () => {
    synced = await serverOf(true);
  });
  afterEach(() => {
    synced.accepted.length = 0;
  });

  it('describes every route in a valid OpenAPI document', async () => {
    const { server, routes } = synced;
    const document = (await server.app.inject('/openapi.json')).json<{
      paths: Record<
        string,
        Record<string, { summary?: string; responses: Record<string, unknown> }>
      >;
    }>();
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect(Object.keys(document.paths).sort()).toEqual([
      `${base}/clusternetworks`,
      `${base}/egressgroups`,
      `${base}/nodereports/{name}`,
      '/debug/egresses',
      '/debug/egressgroups',
      '/debug/egressgroups/{name}',
      '/debug/nodes',
      '/debug/nodes/{name}',
      '/debug/pods/{namespace}/{name}',
      '/healthz',
      '/metrics',
      '/openapi.json',
      '/readyz',
    ]);
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    expect(operations).toHaveLength(routes.length);
    for (const { summary, responses } of operations) {
      expect(summary).toBeTruthy();
      expect(Object.keys(responses).sort()).toEqual(['200', '4XX', '5XX']);
    }
  });

  it('answers 503 with the missing resources until the cluster has been seen', async () => {
    const { server } = await serverOf(false);
    const ready = await server.app.inject('/readyz');
    expect(ready).toMatchObject({ statusCode: 503, body: 'waiting for pods, nodes\n' });
    for (const path of [
      `${base}/egressgroups?watch=1&fieldSelector=nodeName%3Dn1`,
      '/debug/egresses',
    ]) {
      expect((await server.app.inject(path)).json()).toMatchObject({
        reason: 'ServiceUnavailable',
      });
    }
    const put = await server.app.inject({
      method: 'PUT',
      url: `${base}/nodereports/n1`,
      payload: reportOf(),
    });
    expect(put.statusCode).toBe(503);
    expect((await server.app.inject('/healthz')).statusCode).toBe(200);
  });

  it('lists the objects that agents watch', async () => {
    const { server } = synced;
    expect((await server.app.inject(`${base}/clusternetworks`)).json()).toEqual({
      apiVersion: CONTROLPLANE_GROUP_VERSION,
      kind: 'ClusterNetworkList',
      metadata: { resourceVersion: '1000001' },
      items: [
        {
          apiVersion: CONTROLPLANE_GROUP_VERSION,
          kind: 'ClusterNetwork',
          metadata: { name: 'default', resourceVersion: '1000001' },
          nodes: [{ name: 'n1', ips: ['10.0.0.1'] }],
          podCIDRs: ['10.244.1.0/24'],
          serviceCIDRs: ['10.96.0.0/16'],
        },
      ],
    });
  });

  it.each([
    ['an unknown path', '/nope', 404, 'GET /nope: no such path, see /openapi.json'],
    ['a Node that does not exist', '/debug/nodes/n9', 404, 'Node n9 does not exist'],
    ['an Egress that does not exist', '/debug/egressgroups/web', 404, 'Egress web does not exist'],
    ['a Pod that does not exist', '/debug/pods/prod/web', 404, 'Pod prod/web does not exist'],
    [
      'a list of all Nodes at once',
      `${base}/egressgroups`,
      400,
      'fieldSelector is missing: send fieldSelector=nodeName=<name>',
    ],
    [
      'a parameter that is given twice',
      `${base}/egressgroups?watch=1&watch=0`,
      400,
      'querystring: watch: expected a text, got ["1","0"]. See /openapi.json.',
    ],
    [
      'a version of another controller',
      `${base}/egressgroups?watch=1&resourceVersion=7&fieldSelector=nodeName%3Dn1`,
      410,
      'resourceVersion 7 is too old, or of another controller: start over without one',
    ],
  ])('refuses %s', async (_, url, code, message) => {
    const { server } = synced;
    const response = await server.app.inject(url);
    expect(response.statusCode).toBe(code);
    expect(response.json()).toMatchObject({ kind: 'Status', status: 'Failure', code, message });
  });

  it('accepts a report, with its addresses in canonical form', async () => {
    const { server, accepted } = synced;
    const response = await server.app.inject({
      method: 'PUT',
      url: `${base}/nodereports/n1`,
      payload: reportOf(),
    });
    expect(response.statusCode).toBe(200);
    expect(accepted).toEqual([reportOf({ addresses: ['192.0.2.10', '2001:db8::1'] })]);
  });

  it('looks for a Node with the longest name that Kubernetes allows', async () => {
    const { server } = synced;
    const name = `${'n'.repeat(63)}.${'n'.repeat(63)}.${'n'.repeat(63)}.${'n'.repeat(61)}`;
    const response = await server.app.inject({
      method: 'PUT',
      url: `${base}/nodereports/${name}`,
      payload: { ...reportOf(), metadata: { name } },
    });
    // 414 would mean that the path was refused.
    expect(response.statusCode).toBe(404);
    expect(response.json<{ message: string }>().message).toContain(name);
  });

  it('accepts a report with a failure and faults', async () => {
    const { server, accepted } = synced;
    const faults = [{ message: 'all' }, { egress: 'web', message: 'one' }];
    const payload = reportOf({ addresses: [], failure: 'no', faults });
    const response = await server.app.inject({
      method: 'PUT',
      url: `${base}/nodereports/n1`,
      payload,
    });
    expect(response.json()).toEqual(payload);
    expect(accepted).toEqual([payload]);
  });

  it('drops the fields of a report that it does not know', async () => {
    const { server, accepted } = synced;
    const report = reportOf({ addresses: [], faults: [{ message: 'all' }] });
    const extra = { more: Array.from({ length: 1000 }, () => [[]]) };
    const payload = {
      ...report,
      ...extra,
      metadata: { name: 'n1', ...extra },
      faults: [{ message: 'all', ...extra }],
    };
    const response = await server.app.inject({
      method: 'PUT',
      url: `${base}/nodereports/n1`,
      payload,
    });
    expect(response.statusCode).toBe(200);
    expect(accepted).toEqual([report]);
  });

  it.each([
    ['takes the largest report', 0, 200],
    ['refuses a larger one', 1, 413],
  ])('%s', async (_, excess, code) => {
    const empty = Buffer.byteLength(JSON.stringify(reportOf({ failure: '' })));
    const response = await synced.server.app.inject({
      method: 'PUT',
      url: `${base}/nodereports/n1`,
      payload: reportOf({ failure: 'x'.repeat(MAX_REPORT_BYTES - empty + excess) }),
    });
    expect(response.statusCode).toBe(code);
  });

  it.each([
    [
      'another kind of object',
      'n1',
      reportOf({ kind: 'EgressGroup' }),
      400,
      'expected an object of kind NodeReport and version controlplane.antrea.io/v1beta2 with a name',
    ],
    [
      'a Node that does not exist',
      'n9',
      reportOf({ metadata: { name: 'n9' } }),
      404,
      'Node n9 does not exist',
    ],
    ['another name in the path', 'n2', reportOf(), 400, 'metadata.name is "n1", the path says n2'],
    [
      'a bad address',
      'n1',
      reportOf({ addresses: ['10.0.0.1/24'] }),
      400,
      'NodeReport n1: addresses[0]: expected an IP address, got "10.0.0.1/24"',
    ],
    [
      'a field of another type',
      'n1',
      reportOf({ addresses: 'x' }),
      400,
      'NodeReport n1: addresses: expected a list, got "x"',
    ],
    [
      'a fault without a message',
      'n1',
      reportOf({ faults: [{ egress: 'web' }] }),
      400,
      'NodeReport n1: faults[0].message is missing: expected a text that is not empty',
    ],
    [
      'a fault of an Egress without a name',
      'n1',
      reportOf({ faults: [{ egress: '', message: 'x' }] }),
      400,
      'NodeReport n1: faults[0].egress: expected a text that is not empty, got ""',
    ],
    [
      'a version that is not a number',
      'n1',
      reportOf({ realizedResourceVersion: 'x' }),
      400,
      'NodeReport n1: realizedResourceVersion: expected a decimal number or "", got "x"',
    ],
  ])('refuses a report with %s', async (_, name, payload, code, message) => {
    const { server, accepted } = synced;
    const response = await server.app.inject({
      method: 'PUT',
      url: `${base}/nodereports/${name}`,
      payload,
    });
    expect(response.json()).toMatchObject({
      code,
      message: expect.stringContaining(message) as unknown,
    });
    expect(accepted).toEqual([]);
  });
});

async function serverOf(
  synced: boolean,
): Promise<{ server: Server; accepted: NodeReport[]; routes: string[] }> {
  const stores = createStores(1000);
  if (synced) {
    publish({ views, network: decision.network }, stores);
  }
  const accepted: NodeReport[] = [];
  const server = await createServer({
    loop: {
      decision: synced ? decision : undefined,
      progress: () => noProgress,
      groupsOn: () => [],
      reports: createNodeReports(),
      missing: () => (synced ? [] : ['pods', 'nodes']),
      accept: (report) => accepted.push(report),
    },
    stores,
    registry: new Registry(),
    clock: never,
    nowMs: () => 0,
    bookmarkIntervalMs: 5000,
    onError: (error) => {
      throw error;
    },
  });
  // HEAD routes come with every GET.
  const routes =
    server.app.printRoutes({ commonPrefix: false }).match(/\((?:GET|PUT)[^)]*\)/g) ?? [];
  return { server, accepted, routes };
}

function reportOf(changes: Readonly<Record<string, unknown>> = {}): object {
  return {
    apiVersion: CONTROLPLANE_GROUP_VERSION,
    kind: 'NodeReport',
    metadata: { name: 'n1' },
    addresses: ['192.0.2.10', '2001:DB8::1'],
    realizedResourceVersion: '7',
    realizedNetworkVersion: '5',
    ...changes,
  };
}
