package io.mangonel.house;

import com.sun.source.tree.CaseLabelTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.DefaultCaseLabelTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.PatternCaseLabelTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** How large files, methods and parameter lists may be, and what a switch may not have. */
final class Shape {
  private static final int FILE_LINES_MAX = 499;
  private static final int METHOD_LINES_MAX = 69;
  private static final int COLUMNS_MAX = 110;
  private static final int PARAMETERS_MAX = 7;

  private Shape() {}

  static List<String> files(List<SourceFile> files) {
    List<String> violations = new ArrayList<>();
    for (SourceFile file : files) {
      List<String> lines = file.lines();
      if (lines.size() > FILE_LINES_MAX) {
        violations.add(file.path() + ": " + lines.size() + " lines");
      }
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).length() > COLUMNS_MAX) {
          violations.add(file.path() + ":" + (i + 1) + ": " + lines.get(i).length() + " columns");
        }
      }
    }
    return violations;
  }

  static List<String> methods(List<SourceFile> files) {
    List<String> violations = new ArrayList<>();
    for (SourceFile file : files) {
      eachMethod(file, (owner, method) -> check(file, owner, method, violations));
    }
    return violations;
  }

  private static void check(
      SourceFile file, ClassTree owner, MethodTree method, List<String> violations) {
    long lines = file.lastLine(method) - file.firstLine(method) + 1;
    if (lines > METHOD_LINES_MAX) {
      violations.add(file.at(method) + method.getName() + " has " + lines + " lines");
    }
    boolean isRecordConstructor =
        owner.getKind() == Tree.Kind.RECORD && method.getReturnType() == null;
    if (method.getParameters().size() > PARAMETERS_MAX && !isRecordConstructor) {
      violations.add(
          file.at(method)
              + method.getName()
              + " has "
              + method.getParameters().size()
              + " parameters");
    }
  }

  private static void eachMethod(SourceFile file, BiConsumer<ClassTree, MethodTree> action) {
    new TreeScanner<Void, Void>() {
      @Override
      public Void visitClass(ClassTree owner, Void unused) {
        for (Tree member : owner.getMembers()) {
          if (member instanceof MethodTree method) {
            action.accept(owner, method);
          }
        }
        return super.visitClass(owner, null);
      }
    }.scan(file.tree(), null);
  }

  /** A default hides the alternative that is added to a sealed type later. */
  static List<String> defaults(List<SourceFile> files) {
    List<String> violations = new ArrayList<>();
    for (SourceFile file : files) {
      if (!file.isMain() || !isSealedTypesOnly(file.packageName())) {
        continue;
      }
      new TreeScanner<Void, Void>() {
        @Override
        public Void visitSwitch(SwitchTree node, Void unused) {
          check(node, node.getCases());
          return super.visitSwitch(node, null);
        }

        @Override
        public Void visitSwitchExpression(SwitchExpressionTree node, Void unused) {
          check(node, node.getCases());
          return super.visitSwitchExpression(node, null);
        }

        private void check(Tree node, List<? extends CaseTree> cases) {
          List<CaseLabelTree> labels = new ArrayList<>();
          cases.forEach(one -> labels.addAll(one.getLabels()));
          if (labels.stream().anyMatch(PatternCaseLabelTree.class::isInstance)
              && labels.stream().anyMatch(DefaultCaseLabelTree.class::isInstance)) {
            violations.add(file.at(node) + "a default in a switch over types");
          }
        }
      }.scan(file.tree(), null);
    }
    return violations;
  }

  /** Elsewhere a switch may be over types that are not ours. */
  private static boolean isSealedTypesOnly(String packageName) {
    return packageName.matches("(core|state|scheduler)(\\..*)?");
  }
}
