import { CRD_GROUP, crdVersions, STORAGE_VERSION } from '../crd-object.ts';
import { egressSchema } from './egress-schema.ts';
import { externalIPPoolSchema } from './external-ip-pool-schema.ts';
import type { Schema } from './schema.ts';

/** A column of `kubectl get`. */
interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly description: string;
  /** Above 0: only with `-o wide`. */
  readonly priority?: number;
}

interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortName: string;
  readonly columns: readonly PrinterColumn[];
  readonly schema: Schema;
}

const age: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'The time since its creation.',
};

const kinds: readonly Kind[] = [
  {
    kind: 'Egress',
    plural: 'egresses',
    singular: 'egress',
    shortName: 'eg',
    columns: [
      {
        name: 'EgressIP',
        type: 'string',
        jsonPath: '.status.egressIP',
        description: 'The egress IP that is assigned.',
      },
      age,
      {
        name: 'Node',
        type: 'string',
        jsonPath: '.status.egressNode',
        description: 'The gateway: the Node that has it assigned.',
      },
      {
        name: 'Ready',
        type: 'string',
        jsonPath: '.status.conditions[?(@.type=="Ready")].status',
        description: 'Whether the selected Pods leave with the egress IP.',
      },
      {
        name: 'Pods',
        type: 'integer',
        jsonPath: '.status.selectedPods',
        description: 'The number of Pods that it selects.',
        priority: 1,
      },
      {
        name: 'Reason',
        type: 'string',
        jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
        description: 'The reason of the condition Ready.',
        priority: 1,
      },
    ],
    schema: egressSchema,
  },
  {
    kind: 'ExternalIPPool',
    plural: 'externalippools',
    singular: 'externalippool',
    shortName: 'eip',
    columns: [
      {
        name: 'Total',
        type: 'integer',
        jsonPath: '.status.usage.total',
        description: 'The number of addresses.',
      },
      {
        name: 'Used',
        type: 'integer',
        jsonPath: '.status.usage.used',
        description: 'The number of addresses in use.',
      },
      age,
    ],
    schema: externalIPPoolSchema,
  },
];

/** The CustomResourceDefinitions by the name of their file in libs/api/crds. */
export const crdDefinitions: ReadonlyMap<string, object> = new Map(
  kinds.map((kind) => [`${CRD_GROUP}_${kind.plural}.yaml`, definitionOf(kind)]),
);

function definitionOf({ kind, plural, singular, shortName, columns, schema }: Kind): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${CRD_GROUP}` },
    spec: {
      group: CRD_GROUP,
      scope: 'Cluster',
      names: { kind, plural, singular, shortNames: [shortName], categories: ['sallyport'] },
      // The schema is the same in every version, so no object has to be converted.
      versions: crdVersions.map((name) => ({
        name,
        served: true,
        storage: name === STORAGE_VERSION,
        schema: { openAPIV3Schema: schema },
        subresources: { status: {} },
        additionalPrinterColumns: columns,
      })),
    },
  };
}
