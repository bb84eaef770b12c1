import type { Resource, ResourceVersion } from '../model/resource.ts';
import { resourceKey } from '../model/resource.ts';

/** A resource in one of its served versions. */
export interface ServedResource {
  readonly resource: Resource;
  readonly version: ResourceVersion;
}

/** The resources that are served now; CustomResourceDefinitions come and go. */
export class Registry {
  readonly #resources = new Map<string, Resource>();
  readonly #listeners = new Set<() => void>();

  /** Adds a resource, or replaces the one of that name. */
  add(resource: Resource): void {
    this.#resources.set(resourceKey(resource), resource);
    this.#changed();
  }

  remove(key: string): void {
    this.#resources.delete(key);
    this.#changed();
  }

  /** Calls back after every change: published schemas are made anew then. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  get(key: string): Resource | undefined {
    return this.#resources.get(key);
  }

  /** The resource behind `/apis/<group>/<version>/<plural>`. */
  find(group: string, version: string, plural: string): ServedResource | undefined {
    const resource = this.#resources.get(`${group}/${plural}`);
    const found = resource?.versions.find(
      (candidate) => candidate.name === version && candidate.served,
    );
    return resource === undefined || found === undefined ? undefined : { resource, version: found };
  }

  all(): readonly Resource[] {
    return [...this.#resources.values()];
  }

  #changed(): void {
    for (const listener of this.#listeners) {
      listener();
    }
  }
}
