package io.mangonel.planner.stage;

/**
 * Where a statement writes to (rule T16). Until they are published, its files are below {@code
 * parent/.mangonel-JOB}, on the same file system, in a directory of each attempt.
 *
 * @param path absolute: the file, or the directory of the files
 * @param directory whether it is a directory of files, one or more of each task
 * @param ifExists what becomes of what is there
 * @param parent absolute: the directory of the hidden one
 * @param extension of the files in a directory, without the dot
 */
public record WriteTarget(
    String path, boolean directory, IfExists ifExists, String parent, String extension) {
  /** How hidden directories begin: no pattern that people write finds them. */
  public static final String HIDDEN = ".mangonel-";

  /** What becomes of a file, or of the files in a directory, that is there before. */
  public enum IfExists {
    /** The statement fails; only for a directory. */
    REFUSE,
    /** It goes; always so for one file. */
    OVERWRITE,
    /** It stays beside the new ones; only in a directory. */
    APPEND
  }
}
