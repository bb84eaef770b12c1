import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { Json } from './model/json.ts';
import type { RestClient } from './setup/rest.ts';
import { restClient } from './setup/rest.ts';
import type { ApiServer } from './start-api-server.ts';
import { startApiServer } from './start-api-server.ts';
import type { AcceptedDifference } from './testing/recorded.ts';
import { acceptedDifferences, differenceOf, recordedExchanges } from './testing/recorded.ts';

// The stand-in held against the answers of kube-apiserver 1.36.2 (recorded/, README.md): the
// differences are exactly those that recorded/differences.json accepts.

let server: ApiServer;
let client: RestClient;
let accepted: readonly AcceptedDifference[];

beforeAll(async () => {
  server = await startApiServer({ env: {}, log: () => undefined });
  client = restClient(server.kubeconfig);
  accepted = await acceptedDifferences();
  for (const plural of ['egresses', 'externalippools']) {
    const file = new URL(`../../../libs/api/crds/crd.antrea.io_${plural}.yaml`, import.meta.url);
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const body = parse(await readFile(file, 'utf8')) as Json;
    expect(await client.send({ method: 'POST', path, body })).toMatchObject({ status: 201 });
  }
});

afterAll(() => server.close());

it.each(['custom-resources.jsonl', 'built-in.jsonl'])(
  'answers as a real API server, but for the accepted differences: %s',
  async (file) => {
    const appeared: unknown[] = [];
    const gone: unknown[] = [];
    for (const exchange of await recordedExchanges(file)) {
      const difference = await differenceOf(client, exchange);
      const known = accepted.find(({ requests }) => requests.includes(exchange.name));
      if (difference !== undefined && difference.differs !== known?.differs) {
        appeared.push({ request: exchange.name, ...difference });
      }
      if (known !== undefined && difference === undefined) {
        gone.push({ request: exchange.name, accepted: known.why });
      }
    }
    expect({ appeared, gone }).toEqual({ appeared: [], gone: [] });
  },
);

it('accepts no difference for a request that is not recorded', async () => {
  const files = ['custom-resources.jsonl', 'built-in.jsonl'];
  const names = (await Promise.all(files.map(recordedExchanges))).flat().map(({ name }) => name);
  const requests = accepted.flatMap((difference) => difference.requests);
  expect(requests.filter((request) => !names.includes(request))).toEqual([]);
});
