package io.mangonel.house;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.lang.model.element.Modifier;

/**
 * An interface is there because two things stand behind it; one method alone may be a lambda, which
 * no parser can count.
 */
final class Interfaces {
  private Interfaces() {}

  static List<String> violations(List<SourceFile> files) {
    Map<String, String> declared = new TreeMap<>();
    Map<String, Integer> implementations = new TreeMap<>();
    for (SourceFile file : files) {
      new TreeScanner<Void, Void>() {
        @Override
        public Void visitClass(ClassTree type, Void unused) {
          boolean isInterface = type.getKind() == Tree.Kind.INTERFACE;
          if (isInterface && file.isMain() && abstractMethods(type) > 1) {
            declared.put(type.getSimpleName().toString(), file.at(type));
          }
          List<? extends Tree> parents = type.getImplementsClause();
          parents.forEach(parent -> count(parent, implementations));
          return super.visitClass(type, null);
        }

        @Override
        public Void visitNewClass(NewClassTree created, Void unused) {
          if (created.getClassBody() != null) {
            count(created.getIdentifier(), implementations);
          }
          return super.visitNewClass(created, null);
        }
      }.scan(file.tree(), null);
    }
    List<String> violations = new ArrayList<>();
    declared.forEach(
        (name, at) -> {
          int count = implementations.getOrDefault(name, 0);
          if (count < 2) {
            violations.add(at + "interface " + name + " has " + count + " implementations");
          }
        });
    return violations;
  }

  private static void count(Tree type, Map<String, Integer> implementations) {
    String name = type.toString().replaceAll("<.*", "").replaceAll(".*\\.", "");
    implementations.merge(name, 1, Integer::sum);
  }

  private static long abstractMethods(ClassTree type) {
    return type.getMembers().stream()
        .filter(member -> member instanceof MethodTree method && isAbstract(method))
        .count();
  }

  private static boolean isAbstract(MethodTree method) {
    Set<Modifier> flags = method.getModifiers().getFlags();
    return !flags.contains(Modifier.DEFAULT)
        && !flags.contains(Modifier.STATIC)
        && !flags.contains(Modifier.PRIVATE);
  }
}
