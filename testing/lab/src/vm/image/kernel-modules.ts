/** Paths of the given modules and of their dependencies, dependencies first, from modules.dep. */
export function loadOrder(modulesDep: string, modules: readonly string[]): readonly string[] {
  const needsOf = new Map(
    modulesDep
      .split('\n')
      .filter((line) => line !== '')
      .map(parseLine),
  );
  const pathOf = new Map([...needsOf.keys()].map((path) => [moduleName(path), path]));
  const order = new Set<string>();
  const add = (path: string): void => {
    if (order.has(path)) {
      return;
    }
    for (const needed of needsOf.get(path) ?? []) {
      add(needed);
    }
    order.add(path);
  };
  for (const name of modules) {
    const path = pathOf.get(moduleName(name));
    // A module that is built into the kernel has no line.
    if (path !== undefined) {
      add(path);
    }
  }
  return [...order];
}

function parseLine(line: string): readonly [string, readonly string[]] {
  const [path = '', needs = ''] = line.split(':');
  return [path, needs.split(' ').filter((word) => word !== '')];
}

/** The kernel's name of a module: `virtio_pci` for `kernel/…/virtio-pci.ko.xz`. */
function moduleName(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/\.ko(\.\w+)?$/, '').replaceAll('-', '_');
}
