package io.mangonel.web;

/** Every limit of the HTTP door. */
final class WebLimits {
  /** Requests answered at once; beyond, a request is told to come again. */
  static final int REQUESTS_MAX = 256;

  /** Connections waiting to be accepted. */
  static final int BACKLOG = 128;

  /** Seconds for a client to send its whole request. */
  static final int REQUEST_S = 30;

  /** Seconds for a client to take its whole answer. */
  static final int RESPONSE_S = 120;

  /** Idle connections kept open. */
  static final int IDLE_CONNECTIONS_MAX = 200;

  /** Size of a request's body: a statement and its settings. */
  static final int BODY_BYTES_MAX = 1 << 20;

  /** An answer of the scheduler's loop serves everybody who asks within this time. */
  static final long SNAPSHOT_MS = 400;

  /** Answers kept for that. */
  static final int SNAPSHOTS_MAX = 100;

  /** Jobs looked through for a list: those in the core and in the history. */
  static final int JOBS_SEARCHED_MAX = 7_000;

  /** Jobs on one page of the list, at most and by default. */
  static final int JOBS_PAGE_MAX = 500;

  static final int JOBS_PAGE = 50;

  /** Characters of a statement shown in a list. */
  static final int SQL_LISTED_MAX = 400;

  /** Rows of a result in one answer, at most and by default. */
  static final int ROWS_PAGE_MAX = 1_000;

  static final int ROWS_PAGE = 200;

  /** A result is read over HTTP up to this row: each page reads what is before it. */
  static final long ROWS_OFFSET_MAX = 100_000;

  /** Size of the rows of one answer: a page ends early when they are large. */
  static final int ROWS_BYTES_MAX = 4 << 20;

  /** Characters of a value; the rest is cut, and the answer says so. */
  static final int VALUE_CHARS_MAX = 65_536;

  /** How long a request for a result may wait for the end of the job. */
  static final long RESULT_WAIT_MAX_MS = 30_000;

  /** Arrow memory of all results that are read at a time. */
  static final long ARROW_BYTES_MAX = 256L << 20;

  /** Settings that a statement brings along. */
  static final int SETTINGS_MAX = 100;

  /** Attempts shown of a job: the newest. */
  static final int ATTEMPTS_SHOWN_MAX = 2_000;

  /** Seconds for answers under way when the door closes. */
  static final int STOP_WAIT_S = 1;

  private WebLimits() {}
}
