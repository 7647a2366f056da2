import { isError } from "../../ipc/errors";
import { clientKeyImport } from "../../ipc/generated/commands/client";
import { asErrorView } from "../../ipc/transport";
import type { ErrorView } from "../../ipc/generated";
import type { ConnectionForm } from "../../state/connectionForm.svelte";

/** A private key on its way in; its text is held only while its passphrase is asked for. */
export class KeyImport {
  busy = $state(false);
  error = $state.raw<ErrorView | null>(null);
  #text = $state.raw<string | null>(null);

  constructor(readonly form: ConnectionForm) {}

  /** The key is encrypted, and waits for its passphrase. */
  get waiting(): boolean {
    return this.#text !== null;
  }

  /** True where the key is kept now. */
  async take(text: string, passphrase: string | null = null): Promise<boolean> {
    this.busy = true;
    try {
      await this.form.flush();
      await this.form.changed(() => clientKeyImport(this.form.slug, text, passphrase));
      this.forget();
      return true;
    } catch (error) {
      this.error = asErrorView(error);
      const asks = isError(this.error, "key_passphrase_missing", "key_passphrase_wrong");
      this.#text = asks ? text : null;
      return false;
    } finally {
      this.busy = false;
    }
  }

  open(passphrase: string): Promise<boolean> {
    return this.take(this.#text ?? "", passphrase);
  }

  forget(): void {
    this.#text = null;
    this.error = null;
  }
}
