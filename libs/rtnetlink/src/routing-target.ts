/** Our part of the Node's routing. */
export interface RoutingTarget {
  /** The internal port of the bridge that the routes lead into. */
  readonly device: string;
  /** The route tables that are ours: every rule that looks them up and every route in them. */
  readonly tables: readonly number[];
}
