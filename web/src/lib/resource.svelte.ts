/** A document of the API as state: follows what is asked, keeps the last answer while the next is on its way. */
import { ApiError, get, held, keep } from "./api";
import { stream, type Step } from "./stream";

/** An address of the API, with a body where something is sent to it. */
export interface Request {
  address: string;
  body?: unknown;
}
export type Asked = Request | string | null;

/** How a document is got: plainly, or (`stream`) with word of how far it is. */
type Way = <T>(request: Request, signal: AbortSignal, onstep: (step: Step) => void) => Promise<T>;
const plainly: Way = (request, signal) => get(request.address, signal);

export class Resource<T> {
  data = $state.raw<T | undefined>(undefined);
  error = $state.raw<ApiError | undefined>(undefined);
  loading = $state(false);
  /** How far a long document is. */
  step = $state.raw<Step | null>(null);
  /** The address that `data` answers. */
  address = $state("");
  #again = $state(0);

  /**
   * Follow what is asked; null asks nothing. To be called while a component is set up. `pause` is how many
   * milliseconds a change must have stood before it is asked; what is asked first is asked at once.
   */
  constructor(follow: () => Asked, pause = 0, way: Way = plainly) {
    let asked = false;
    $effect(() => {
      const given = follow();
      void this.#again;
      if (given === null) {
        this.#settle("", undefined);
        return;
      }
      const wanted = typeof given === "string" ? { address: given } : given;
      const key = wanted.body === undefined ? wanted.address : `${wanted.address} ${JSON.stringify(wanted.body)}`;
      const known = held<T>(key);
      if (known !== undefined) {
        this.#settle(wanted.address, known);
        return;
      }
      const stop = new AbortController();
      this.loading = true;
      this.error = undefined;
      this.step = null;
      const ask = (): void => {
        way<T>(wanted, stop.signal, (step) => (this.step = step)).then(
          (found) => {
            if (stop.signal.aborted) return;
            keep(key, found);
            this.#settle(wanted.address, found);
          },
          (error: unknown) => {
            if (stop.signal.aborted) return;
            this.#settle("", undefined);
            this.error = error instanceof ApiError ? error : new ApiError("offline", 0, String(error), []);
          },
        );
      };
      const timer = setTimeout(ask, asked ? pause : 0);
      asked = true;
      return () => {
        clearTimeout(timer);
        stop.abort();
      };
    });
  }

  #settle(address: string, found: T | undefined): void {
    this.data = found;
    this.error = undefined;
    this.loading = false;
    this.address = address;
  }

  /** Ask again after an error. */
  retry = (): void => {
    this.#again += 1;
  };
}

/** A document that takes long, with its progress in `step`. */
export function slow<T>(follow: () => Asked, pause = 120): Resource<T> {
  return new Resource<T>(follow, pause, stream);
}
