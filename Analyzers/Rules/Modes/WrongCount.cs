using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.Modes;

/// <summary>BUF1006: pages are released up to a number that counts bytes: what was asked for, or what was covered.</summary>
internal sealed class WrongCount : Rule
{
    private const string Title = "Release count is not what was extracted";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.WrongCount,
        Title,
        "'{0}' is released up to '{1}', which counts bytes, not pages: entries that the extraction did not fill are meant, or none exist. Use the number of fragments that it returned.",
        RuleCategories.Modes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.WrongCount));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.WrongCount,
        Title,
        "'{0}' is on some path released up to '{1}', which counts bytes, not pages: entries that the extraction did not fill are meant, or none exist. Use the number of fragments that it returned.",
        RuleCategories.Modes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.WrongCount));

    private static readonly DiagnosticDescriptor MayBeZero = new(
        RuleIds.WrongCount,
        Title,
        "'{0}' is zero where the extraction into '{1}' at line {2} took nothing: {3}. Look whether anything was taken first.",
        RuleCategories.Modes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.WrongCount));

    public static readonly Wording Words = new(Certain, Possible);

    /// <summary>The words for a number that is right, and may be zero.</summary>
    public static readonly Wording WordsOfZero = new(MayBeZero, MayBeZero);

    public override FactKind[] Reads => [FactKind.Release];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Release, Operation: IInvocationOperation { Arguments: { Length: > 0 } arguments } } || CountIn(arguments[0].Value) is not { } count)
        {
            return;
        }

        foreach (Sighting sighting in findings.See(path => Transfer.Released(fact, path, findings.Body), before, (resource, _) => CountsBytes(count, resource, before, findings.Body)))
        {
            findings.Report(
                Words, sighting.Confidence, fact.Operation.Syntax, fact, count.Syntax.GetLocation(), [Spots.Origin(sighting.Resource)], null,
                sighting.Resource.Name ?? "pages", count.Syntax.ToString());
        }
    }

    /// <summary>The end of the slice that is released: <c>pages[..count]</c>, <c>pages.Slice(0, count)</c>, <c>pages.AsSpan(0, count)</c>.</summary>
    private static IOperation? CountIn(IOperation released)
    {
        SyntaxNode syntax = released.Syntax;
        ExpressionSyntax? end = syntax switch
        {
            ElementAccessExpressionSyntax { ArgumentList.Arguments: { Count: 1 } range } => (range[0].Expression as RangeExpressionSyntax)?.RightOperand,
            InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 2 } both, Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Slice" or "AsSpan" } } => both[1].Expression,
            _ => null,
        };
        while (end is ParenthesizedExpressionSyntax or CastExpressionSyntax)
        {
            end = end is CastExpressionSyntax cast ? cast.Expression : ((ParenthesizedExpressionSyntax)end).Expression;
        }

        foreach (IOperation operation in released.DescendantsAndSelf())
        {
            if (operation.Syntax == end && operation is ILocalReferenceOperation or IParameterReferenceOperation or IPropertyReferenceOperation { Property.Name: "Bytes", Instance: ILocalReferenceOperation })
            {
                return operation;
            }
        }

        return null;
    }

    private static bool CountsBytes(IOperation count, Resource pages, PathSet before, Body body)
    {
        if (pages.Acquisition is not { } acquisition || (acquisition.ModeFrom is null && acquisition.Tag != Tags.Legacy))
        {
            return false;
        }

        ISymbol? symbol = SymbolOf(count is IPropertyReferenceOperation { Instance: { } instance } ? instance : count);
        bool isBytes = count is IPropertyReferenceOperation || acquisition.When == Success.ResultPositive;
        return symbol is not null && ((isBytes && IsResultOf(body.Places.Find(symbol), pages, before)) || IsWhatWasAsked(symbol, pages.Origin));
    }

    private static bool IsResultOf(int place, Resource pages, PathSet before)
    {
        foreach (PathState path in before.Paths)
        {
            if (path.RefsOf(place).Where(r => r.Resource == pages.Id && r.Kind == RefRole.Account).Count == 0)
            {
                return false;
            }
        }

        return place >= 0;
    }

    private static bool IsWhatWasAsked(ISymbol symbol, IOperation extraction)
    {
        foreach (IArgumentOperation argument in (extraction as IInvocationOperation)?.Arguments ?? System.Collections.Immutable.ImmutableArray<IArgumentOperation>.Empty)
        {
            IOperation value = argument.Value;
            while (value is IConversionOperation conversion)
            {
                value = conversion.Operand;
            }

            if (argument.Parameter?.Name == "maxBytes" && SymbolEqualityComparer.Default.Equals(SymbolOf(value), symbol))
            {
                return true;
            }
        }

        return false;
    }

    private static ISymbol? SymbolOf(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => null,
    };
}
