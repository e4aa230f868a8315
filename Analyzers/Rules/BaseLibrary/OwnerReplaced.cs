using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2012 of a field with an object that owns something: a member puts a new one in its place, and the old one was there, as the member, or who calls it,
/// has just used it; nobody ends that then.
/// </summary>
internal static class OwnerReplaced
{
    /// <summary>How the names of members begin that may end what they are called on.</summary>
    private static readonly string[] Ending = ["Dispose", "Close", "Release", "Free", "Return", "Reset", "Stop", "End", "Complete", "Detach", "Cancel", "Recycle", "Clear", "Unpin", "Abort", "Shutdown", "Destroy", "Finish", "Drop", "Give", "Take"];

    /// <param name="type">The type.</param>
    /// <param name="mayOwn">Whether a type may own anything, told without reading its bodies.</param>
    /// <param name="others">Who knows the bodies of other types.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static IEnumerable<Diagnostic> In(INamedTypeSymbol type, Func<INamedTypeSymbol, bool> mayOwn, SourceTypes others, CancellationToken cancellation)
    {
        foreach (ISymbol symbol in type.GetMembers())
        {
            if (symbol is not IFieldSymbol { DeclaredAccessibility: Accessibility.Private, IsStatic: false, IsReadOnly: false, AssociatedSymbol: null, Type: INamedTypeSymbol { TypeKind: TypeKind.Class, DeclaringSyntaxReferences.IsEmpty: false } held } field
                || !mayOwn(held) || SymbolEqualityComparer.Default.Equals(held.OriginalDefinition, type.OriginalDefinition))
            {
                continue;
            }

            List<MemberDeclarationSyntax> members = [.. MemberSyntax.MembersOf(type).Where(member => MemberSyntax.Mentions(member, field.Name))];
            foreach (AssignmentExpressionSyntax replacing in members.Any(member => MemberSyntax.IsDisposal(member) && MentionsIn(member, field.Name).Any(static mention => mention.Kind == Use.Ending)) && IsKeptToItself(members, field.Name) ? ReplacingIn(members, field.Name, held.Name) : [])
            {
                if (IsThere(replacing, members, field.Name) && others.OwnedBy(held.OriginalDefinition, SourceTypes.MaxDepth, cancellation).Count > 0)
                {
                    yield return Diagnostic.Create(FieldOverwritten.Words.Possible, replacing.GetLocation(), DiagnosticProperties.OfPossible, field.Name, Spots.Line(replacing.Right.GetLocation()));
                }
            }
        }
    }

    private enum Use
    {
        /// <summary>A member of it is used that does not end it: it is there.</summary>
        Used,

        /// <summary>It is given something else.</summary>
        Written,

        /// <summary>A member of it is called that may end it.</summary>
        Ending,

        /// <summary>It is asked for, or has got another name.</summary>
        Asked,

        /// <summary>Somebody else gets it.</summary>
        Given,
    }

    /// <summary>Where a member names the field, of whatever instance, and what for.</summary>
    private static IEnumerable<(SyntaxNode At, Use Kind)> MentionsIn(SyntaxNode member, string field)
    {
        foreach (SyntaxNode node in member.DescendantNodes())
        {
            if (node is not IdentifierNameSyntax { Identifier.ValueText: var name } || name != field || node.Parent is NameColonSyntax or NameEqualsSyntax)
            {
                continue;
            }

            SyntaxNode whole = node.Parent is MemberAccessExpressionSyntax access && access.Name == node ? access : node;
            while (whole.Parent is ParenthesizedExpressionSyntax || whole.Parent is PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression })
            {
                whole = whole.Parent;
            }

            yield return (whole, whole.Parent switch
            {
                MemberAccessExpressionSyntax of when of.Expression == whole => MayEnd(of.Name.Identifier.ValueText) ? Use.Ending : Use.Used,
                ConditionalAccessExpressionSyntax of when of.Expression == whole => of.WhenNotNull is InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax { Name.Identifier.ValueText: var called } } && MayEnd(called) ? Use.Ending : Use.Asked,
                AssignmentExpressionSyntax assignment when assignment.Left == whole => Use.Written,
                BinaryExpressionSyntax or IsPatternExpressionSyntax or EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax } } => Use.Asked,
                _ => Use.Given,
            });
        }
    }

    private static bool MayEnd(string name) => Array.Exists(Ending, word => name.StartsWith(word, StringComparison.Ordinal));

    /// <summary>Whether nobody outside gets the object, and no member but disposal ends it and leaves it there.</summary>
    private static bool IsKeptToItself(List<MemberDeclarationSyntax> members, string field)
    {
        foreach (MemberDeclarationSyntax member in members)
        {
            bool ends = false, writes = false;
            foreach ((_, Use kind) in MentionsIn(member, field))
            {
                if (kind == Use.Given)
                {
                    return false;
                }

                ends |= kind == Use.Ending;
                writes |= kind == Use.Written;
            }

            if (ends && !writes && !MemberSyntax.IsDisposal(member))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Where a method that neither begins nor ends the instance puts a new object in the field, whatever is there.</summary>
    private static IEnumerable<AssignmentExpressionSyntax> ReplacingIn(List<MemberDeclarationSyntax> members, string field, string held)
    {
        foreach (MethodDeclarationSyntax method in members.OfType<MethodDeclarationSyntax>())
        {
            if (MemberSyntax.IsDisposal(method) || method.Modifiers.Any(SyntaxKind.StaticKeyword))
            {
                continue;
            }

            foreach ((SyntaxNode at, Use kind) in MentionsIn(method, field))
            {
                if (kind == Use.Written && at.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Parent: ExpressionStatementSyntax or ArrowExpressionClauseSyntax, Right: var made } assignment && MemberSyntax.NameOf(at) == field
                    && (made is ImplicitObjectCreationExpressionSyntax || made is ObjectCreationExpressionSyntax { Type: SimpleNameSyntax { Identifier.ValueText: var name } } && name == held)
                    && at.FirstAncestorOrSelf<AnonymousFunctionExpressionSyntax>() is null && at.FirstAncestorOrSelf<LocalFunctionStatementSyntax>() is null)
                {
                    yield return assignment;
                }
            }
        }
    }

    /// <summary>Whether the old object is there and in use when it is replaced: the method has just used it, or every member has that it may be called by.</summary>
    private static bool IsThere(AssignmentExpressionSyntax replacing, List<MemberDeclarationSyntax> members, string field)
    {
        if (replacing.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } method || LastBefore(replacing, method, members, field) is not { } before)
        {
            return false;
        }

        bool isUsed = before == Use.Used;
        string name = method.Identifier.ValueText;
        foreach (MemberDeclarationSyntax caller in members)
        {
            foreach (InvocationExpressionSyntax call in caller == method ? [] : caller.DescendantNodes().OfType<InvocationExpressionSyntax>())
            {
                if (MemberSyntax.NameOfCalled(call.Expression) == name)
                {
                    isUsed |= method.Modifiers.All(static modifier => !modifier.IsKind(SyntaxKind.PublicKeyword)) && caller is MethodDeclarationSyntax && LastBefore(call, caller, members, field) == Use.Used;
                    if (LastBefore(call, caller, members, field) is null && MentionsIn(caller, field).Any(mention => mention.Kind == Use.Ending && mention.At.SpanStart < call.SpanStart))
                    {
                        return false;
                    }
                }
            }
        }

        return isUsed;
    }

    /// <summary>
    /// What a member does with the field before it comes to a place: it uses it, or nothing (told as <see cref="Use.Asked"/>); null where it does anything else, by itself or by what it calls.
    /// </summary>
    private static Use? LastBefore(SyntaxNode place, MemberDeclarationSyntax member, List<MemberDeclarationSyntax> members, string field)
    {
        Use last = Use.Asked;
        foreach ((SyntaxNode at, Use kind) in MentionsIn(member, field))
        {
            if (at.SpanStart < place.Span.End && at.Parent != place)
            {
                if (kind != Use.Used)
                {
                    return null;
                }

                last = kind;
            }
        }

        foreach (InvocationExpressionSyntax call in member.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (call.Span.End <= place.SpanStart && call.Expression is SimpleNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } && MemberSyntax.NameOfCalled(call.Expression) is { } called
                && members.OfType<MethodDeclarationSyntax>().Any(other => other.Identifier.ValueText == called && MentionsIn(other, field).Any(static mention => mention.Kind != Use.Used)))
            {
                return null;
            }
        }

        return last;
    }
}
