/** A document of the API as state: follows an address, keeps the last answer while the next is fetched. */
import { ApiError, get, held } from "./api";

export class Resource<T> {
  data = $state.raw<T | undefined>(undefined);
  error = $state.raw<ApiError | undefined>(undefined);
  loading = $state(false);
  /** The address that `data` answers. */
  address = $state("");
  #again = $state(0);

  /** Follow an address; null asks nothing. To be called while a component is set up. `pause` is in milliseconds. */
  constructor(follow: () => string | null, pause = 0) {
    $effect(() => {
      const wanted = follow();
      void this.#again;
      if (wanted === null) {
        this.data = undefined;
        this.error = undefined;
        this.loading = false;
        this.address = "";
        return;
      }
      const known = held<T>(wanted);
      if (known !== undefined) {
        this.#settle(wanted, known);
        return;
      }
      const stop = new AbortController();
      this.loading = true;
      const timer = setTimeout(() => {
        get<T>(wanted, stop.signal).then(
          (found) => this.#settle(wanted, found),
          (error: unknown) => {
            if (stop.signal.aborted) return;
            this.error = error instanceof ApiError ? error : new ApiError("offline", 0, String(error), []);
            this.data = undefined;
            this.loading = false;
          },
        );
      }, pause);
      return () => {
        clearTimeout(timer);
        stop.abort();
      };
    });
  }

  #settle(wanted: string, found: T): void {
    this.data = found;
    this.error = undefined;
    this.loading = false;
    this.address = wanted;
  }

  /** Ask again after an error. */
  retry = (): void => {
    this.#again += 1;
  };
}
