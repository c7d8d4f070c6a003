/** Follows the picture stream of one cluster and view, keeps the picture whole, and tells its listeners of every message. */

import type { ApiError } from "@/api/bindings/ApiError";
import type { View } from "@/api/bindings/View";
import { type PictureId, asApiError, openPicture } from "@/api/client";
import { type Store, createStore } from "@/lib/store";

import { type Applied, LostMessage, applyMessage } from "./apply";
import { decode } from "./decode";
import type { Picture } from "./types";

export interface FeedState {
  picture: Picture | null;
  /** Waiting for the first message, or for the first one after the view changed. */
  waiting: boolean;
  error: ApiError | null;
}

type Listener = (applied: Applied, changed: readonly string[]) => void;

export class PictureFeed {
  readonly state: Store<FeedState> = createStore<FeedState>({ picture: null, waiting: true, error: null });
  private readonly listeners = new Set<Listener>();
  private close: (() => void) | null = null;
  private number: number | null = null;
  /** The view of the picture that is held. */
  private held: View | null = null;

  constructor(
    private readonly cluster: string,
    private view: View,
  ) {}

  /** Asks for another view; what is on screen stays until the new picture is there, where what both show has the same place. */
  show(view: View) {
    this.view = view;
    this.reopen();
  }

  restart() {
    this.number = null;
    this.reopen();
  }

  private reopen() {
    // Of the view that is held nothing may follow but what is missing of it.
    const isHeld = this.number !== null && JSON.stringify(this.held) === JSON.stringify(this.view);
    this.state.set((state) => ({ ...state, waiting: !isHeld, error: null }));
    this.close?.();
    this.close = openPicture(() => ({ cluster: this.cluster, view: this.view, resume: this.number }), {
      message: (message) => this.receive(message),
      failed: (error) => this.state.set((state) => ({ ...state, waiting: false, error })),
    });
  }

  stop() {
    this.close?.();
    this.close = null;
    // Whoever waits for another picture must see that none will come.
    this.state.set((state) => ({ ...state, waiting: true }));
  }

  /** Asks about the picture that is shown. Where another has replaced it meanwhile, the question is asked again of that. */
  async ask<T>(question: (picture: PictureId) => Promise<T>): Promise<T> {
    const asked = this.state.get().picture?.id ?? null;
    try {
      return await question(asked);
    } catch (thrown) {
      if (asApiError(thrown).code !== "gone" || !(await this.replaced(asked))) throw thrown;
      return this.ask(question);
    }
  }

  /** Whoever comes late gets the whole picture first. */
  listen(listener: Listener): () => void {
    const { picture } = this.state.get();
    if (picture !== null) listener({ picture, dirty: null }, []);
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Waits for a picture of another subscription; false where none will come. */
  private replaced(asked: PictureId): Promise<boolean> {
    return new Promise((resolve) => {
      const look = () => {
        const { picture, error } = this.state.get();
        const other = picture !== null && picture.id !== asked;
        if (!other && error === null && this.close !== null) return;
        unsubscribe();
        resolve(other);
      };
      const unsubscribe = this.state.subscribe(look);
      look();
    });
  }

  private receive(message: ArrayBuffer) {
    try {
      const decoded = decode(message);
      const { picture: before } = this.state.get();
      const applied = applyMessage(this.number === null ? null : before, decoded);
      this.number = decoded.header.number;
      if (decoded.header.reset) this.held = this.view;
      this.state.set({ picture: applied.picture, waiting: false, error: null });
      for (const listener of this.listeners) listener(applied, decoded.header.changed);
    } catch (thrown) {
      if (thrown instanceof LostMessage) this.restart();
      else this.fail(thrown);
    }
  }

  private fail(thrown: unknown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    this.stop();
    this.state.set((state) => ({ ...state, waiting: false, error: { code: "failed", message, detail: null } }));
  }
}
