using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2012: a field that owns something is given something else, and nobody releases what it had.</summary>
internal sealed class FieldOverwritten : Rule
{
    private const string Title = "Owning field overwritten without release";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.FieldOverwritten,
        Title,
        "'{0}' is overwritten while it owns what was taken at line {1}, which is never released. Release the old one after the new one is in place.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.FieldOverwritten));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.FieldOverwritten,
        Title,
        "'{0}' can be overwritten while it owns what was taken at line {1}, which is then never released. Release the old one after the new one is in place.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.FieldOverwritten));

    public static readonly Wording Words = new(Certain, Possible);

    /// <summary>How the names of methods begin that are called as often as somebody likes, each time with something new.</summary>
    private static readonly string[] Repeated =
        ["Set", "Resize", "Grow", "Reset", "Update", "Reload", "Refresh", "Reopen", "Restart", "Assign", "Change", "Replace", "Rewind", "Resume", "Expand", "Extend", "Renew", "Switch"];

    private TypeFlow? _type;
    private TypeMember? _member;

    public override void OnMember(TypeMember member, TypeFlow type)
    {
        _type = type;
        _member = member;
    }

    /// <summary>The fields that are given something only where they have nothing.</summary>
    private readonly List<(IFieldSymbol Field, ResourceKind Kind)> _asked = [];

    /// <summary>What the body returns, or an address or a view of.</summary>
    private readonly HashSet<int> _returned = [];

    public override FactKind[] Reads => [FactKind.Assign, FactKind.Escape];

    public override bool ReadsEveryExit => true;

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is { Kind: FactKind.Escape, Departure: Departure.Returned })
        {
            foreach (PathState path in before.Paths)
            {
                RefSet leaving = path.RefsOf(fact.Target).Where(static r => r.Kind < RefRole.Account);
                for (int i = 0; i < leaving.Count; i++)
                {
                    _returned.Add(leaving[i].Resource);
                }
            }

            return;
        }

        if (fact is not { Kind: FactKind.Assign, Target: >= 0, Source: >= 0 } || !findings.Body.Places.IsOfThis(fact.Target) || findings.Body.Places[fact.Target].Symbol is not IFieldSymbol { IsStatic: false } field
            || _type?.MayOwn(field) != true || before.Paths.Any(path => Held(path, fact.Target).Count > 0))
        {
            return;
        }

        foreach (PathState path in before.Paths)
        {
            RefSet given = Held(path, fact.Source);
            if (given.Count == 1 && findings.Body.Resources[given[0].Resource] is { Original: null, Kind: var kind })
            {
                _asked.Add((field, kind));
            }
        }
    }

    private static RefSet Held(PathState path, int place) =>
        path.RefsOf(place).Where(r => r.Kind == RefRole.Owner && (path.HoldOf(r.Resource).Holding & Holding.AnyHeld) != 0);

    public override void OnExit(Leaving leaving, Findings findings)
    {
        if (leaving.Kind != ExitKind.Return)
        {
            return;
        }

        foreach (PathState path in leaving.Paths.Paths)
        {
            foreach (Lost lost in Lost.On(path, findings.Body))
            {
                if (lost.Released is null && _type is { } type && (type.AlwaysOwns(lost.FieldSymbol) || ((IsRepeated || IsGivenOut(path, lost, findings.Body)) && type.IsReleasedOnlyAtEnd(lost.FieldSymbol)) || IsForgotten(lost) || (_member?.Method is { } method && IsOutgrown(lost, method))))
                {
                    findings.Report(
                        Words, Confidence.Possible, lost.At.Syntax, null, lost.At.Syntax.GetLocation(), [Spots.Origin(lost.Resource)], null,
                        lost.Field, Spots.Line(Spots.Origin(lost.Resource)));
                }
            }
        }
    }

    /// <summary>How the names of methods begin that are called once, before anything else.</summary>
    private static readonly string[] First = ["Init", "Setup", "Start", "Begin", "Open", "Connect"];

    /// <summary>
    /// Whether what the field is given is made of what the caller passes, for the caller, who gets it, its address or a view of it: nothing tells somebody who
    /// wants two that there can be one only.
    /// </summary>
    private bool IsGivenOut(PathState path, Lost lost, Body body) =>
        _member?.Method is { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: not Accessibility.Private, Parameters.IsEmpty: false, ContainingType.IsRefLikeType: false, Name: var name } && !Array.Exists(First, word => name.StartsWith(word, StringComparison.Ordinal))
        && Held(path, path.HoldOf(lost.Resource.Id).LostFrom) is { Count: 1 } instead && body.Resources[instead[0].Resource].Original is null && _returned.Contains(instead[0].Resource);

    /// <summary>Whether the member is there to be called again while the instance lives: it says so by its name, or by what it does before it begins anew.</summary>
    private bool IsRepeated => IsCalledRepeated || (_member?.Method is { MethodKind: MethodKind.Ordinary } method && MemberSyntax.MemberOf(_member) is { } member && BeginsAnew(method, member));

    /// <summary>
    /// Whether the member looks first at another field of the sort that is released along with this one: that it can find something there is known, then,
    /// and here it was forgotten.
    /// </summary>
    private bool IsForgotten(Lost lost) => lost.FieldSymbol is { DeclaredAccessibility: Accessibility.Private } field && _asked.Exists(asked =>
        asked.Kind == lost.Resource.Kind && !SymbolEqualityComparer.Default.Equals(asked.Field, field)
        && _type!.Members.Where(member => Releases(member, asked.Field)).ToList() is { Count: > 0 } releasing && releasing.TrueForAll(member => Releases(member, field)));

    private static bool Releases(TypeMember member, ISymbol field) =>
        member.Body.Facts.Any(fact => fact is { Kind: FactKind.Release, Target: >= 0 } && member.Body.Places.IsOfThis(fact.Target) && SymbolEqualityComparer.Default.Equals(member.Body.Places[fact.Target].Symbol, field));

    /// <summary>
    /// Whether the field is overwritten because what there is has become too small: that it has something is what the question is about, and an earlier
    /// call that found the same is how it got it.
    /// </summary>
    private static bool IsOutgrown(Lost lost, IMethodSymbol method) =>
        lost.FieldSymbol is { DeclaredAccessibility: Accessibility.Private }
        && lost.At.Syntax.Ancestors().TakeWhile(static ancestor => ancestor is not MemberDeclarationSyntax).OfType<IfStatementSyntax>().Any(statement =>
            statement.Statement.Span.Contains(lost.At.Syntax.Span) && statement.Condition is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LessThanExpression or (int)SyntaxKind.GreaterThanExpression or (int)SyntaxKind.LessThanOrEqualExpression or (int)SyntaxKind.GreaterThanOrEqualExpression } compared
            && (IsExtent(compared.Left, method) || IsExtent(compared.Right, method)));

    /// <summary>The length of what is in a field of the instance.</summary>
    private static bool IsExtent(ExpressionSyntax value, IMethodSymbol method) =>
        value is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Length" or "Capacity" } && IsField(MemberSyntax.RootOf(value), method);

    /// <summary>How the names of methods begin that end what an earlier call began.</summary>
    private static readonly string[] Ending = ["Close", "Stop", "Reset", "Clear", "Cancel", "Detach", "Unload", "End"];

    private static bool BeginsAnew(IMethodSymbol method, MemberDeclarationSyntax member)
    {
        foreach (SyntaxNode node in member.DescendantNodes())
        {
            switch (node)
            {
                // What an earlier call left is ended first.
                case InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: var called }, ArgumentList.Arguments.Count: 0 } when Array.Exists(Ending, word => called.StartsWith(word, StringComparison.Ordinal)):
                // What it was given is compared with what an earlier call was given.
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression, Left: var left, Right: var right } when IsFieldAndParameter(left, right, method):
                case InvocationExpressionSyntax { Expression: var same, ArgumentList.Arguments: { Count: 2 } both } when same.ToString().EndsWith("ReferenceEquals", StringComparison.Ordinal) && IsFieldAndParameter(both[0].Expression, both[1].Expression, method):
                    return true;
            }
        }

        return false;
    }

    private static bool IsFieldAndParameter(ExpressionSyntax left, ExpressionSyntax right, IMethodSymbol method) =>
        (IsField(left, method) && IsParameter(right, method)) || (IsField(right, method) && IsParameter(left, method));

    private static bool IsField(ExpressionSyntax value, IMethodSymbol method) => MemberSyntax.NameOf(value) is { } name && method.ContainingType.GetMembers(name).Any(static member => member is IFieldSymbol);

    private static bool IsParameter(ExpressionSyntax value, IMethodSymbol method) => MemberSyntax.NameOf(value) is { } name && method.Parameters.Any(parameter => parameter.Name == name);

    /// <summary>The types whose users call the same members again and again, each time for the next bytes.</summary>
    private static readonly string[] Streaming = ["Stream", "MemoryManager", "TextReader", "TextWriter", "PipeReader", "PipeWriter", "Encoder", "Decoder"];

    /// <summary>Whether the framework, or whoever uses what it describes, calls the method as often as there is something to read, write or pin.</summary>
    private static bool IsOfStream(IMethodSymbol method)
    {
        for (IMethodSymbol? overridden = method.OverriddenMethod; overridden is not null; overridden = overridden.OverriddenMethod)
        {
            if (Array.IndexOf(Streaming, overridden.ContainingType.Name) >= 0 && overridden.DeclaringSyntaxReferences.IsEmpty)
            {
                return true;
            }
        }

        return method is { Name: "GetMemory" or "GetSpan", IsStatic: false } && method.ContainingType.AllInterfaces.Any(static implemented => implemented is { Name: "IBufferWriter", DeclaringSyntaxReferences.IsEmpty: true });
    }

    private bool IsCalledRepeated => _member?.Method is { MethodKind: MethodKind.PropertySet }
        || (_member?.Method is { MethodKind: MethodKind.Ordinary } called && IsOfStream(called))
        || (_member?.Method is { MethodKind: MethodKind.Ordinary, Name: var name } && Array.Exists(Repeated, word => name.StartsWith(word, StringComparison.Ordinal) && (name.Length == word.Length || char.IsUpper(name[word.Length]))));
}
