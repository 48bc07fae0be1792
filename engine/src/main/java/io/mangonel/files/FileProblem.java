package io.mangonel.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Why a file operation failed, in words. The JDK's own messages are often only the path. */
public final class FileProblem {
  private FileProblem() {}

  /**
   * The reason, for the end of a sentence that has named {@code told}; another path that the system
   * blames is named too.
   */
  public static String reason(Path told, IOException failure) {
    return switch (failure) {
      case FileSystemException e -> reason(e) + blamed(told, e.getFile());
      default ->
          failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    };
  }

  private static String reason(FileSystemException failure) {
    return switch (failure) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "no such file or directory";
      case FileAlreadyExistsException _ -> "a file of that name is in the way";
      case NotDirectoryException _ -> "not a directory";
      case DirectoryNotEmptyException _ -> "the directory is not empty";
      default ->
          failure.getReason() == null ? failure.getClass().getSimpleName() : failure.getReason();
    };
  }

  private static String blamed(Path told, String file) {
    return file == null || Path.of(file).equals(told) ? "" : " (" + file + ")";
  }
}
