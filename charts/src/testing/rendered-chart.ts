import { join } from 'node:path';
import type { Kubectl } from '@sallyport/kit';
import { workspaceRoot } from '@sallyport/kit';
import { parseAllDocuments } from 'yaml';

/** An object of Kubernetes as the chart renders it. */
export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: PodOwnerSpec;
  readonly rules?: readonly object[];
}

interface PodOwnerSpec {
  readonly template: { readonly metadata: Rendered['metadata']; readonly spec: PodSpec };
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly updateStrategy?: { readonly type: string };
}

interface PodSpec {
  readonly containers: readonly Container[];
  readonly hostNetwork?: boolean;
  readonly securityContext: object;
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly securityContext: object;
}

/** The folder of the chart. */
export const CHART = join(workspaceRoot(), 'charts/sallyport');

/** Values without which the chart cannot be rendered. */
export const REQUIRED = ['--set', 'image.registry=registry.example/sallyport'];

/** Renders the chart with some more arguments, as YAML. */
export function render(helm: Kubectl, ...args: readonly string[]): Promise<string> {
  return helm.run(['template', 'sallyport', CHART, '-n', 'egress', ...REQUIRED, ...args]);
}

/** The objects of a rendered chart. */
export function objectsIn(yaml: string): readonly Rendered[] {
  return parseAllDocuments(yaml).flatMap((document) => {
    const object = document.toJS() as Rendered | null;
    return object === null ? [] : [object];
  });
}

/** The object of this kind whose name ends so. Throws when there is none. */
export function objectOf(objects: readonly Rendered[], kind: string, end: string): Rendered {
  const found = objects.find(
    (object) => object.kind === kind && object.metadata.name.endsWith(end),
  );
  if (found === undefined) {
    throw new Error(`the chart has no ${kind} whose name ends with ${end}`);
  }
  return found;
}
