using BufferLifetime.CodeFixes.Pages;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Releases;

/// <summary>Something that one expression takes, and that one local holds from there on.</summary>
internal sealed class HeldLocal
{
    private readonly StatementList _list;
    private readonly StatementSyntax _carrier;
    private readonly ReleaseForm _form;
    private readonly IReadOnlyList<IdentifierNameSyntax> _names;
    private readonly bool _mayBeEmpty;

    private HeldLocal(
        ILocalSymbol variable, StatementList list, StatementSyntax carrier, ReleaseForm form, IReadOnlyList<IdentifierNameSyntax> names, bool mayBeEmpty)
    {
        Variable = variable;
        _list = list;
        _carrier = carrier;
        _form = form;
        _names = names;
        _mayBeEmpty = mayBeEmpty;
    }

    public ILocalSymbol Variable { get; }

    /// <summary>What the expression at a spot takes, or null where no single local, or not it alone, has it.</summary>
    public static HeldLocal? Of(SyntaxNode spot, SemanticModel model)
    {
        ExpressionSyntax? taking = Acquisition.CallAt(spot) ?? (ExpressionSyntax?)(spot as BaseObjectCreationExpressionSyntax);
        if (taking is null || ReleaseForm.Of(taking, model) is not { } form)
        {
            return null;
        }

        ExpressionSyntax value = taking;
        while (value.Parent is ParenthesizedExpressionSyntax or CastExpressionSyntax)
        {
            value = (ExpressionSyntax)value.Parent;
        }

        AssignmentExpressionSyntax? assignment = value.Parent as AssignmentExpressionSyntax;
        ISymbol? holder = value.Parent switch
        {
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator } => model.GetDeclaredSymbol(declarator),
            AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: IdentifierNameSyntax left } => model.GetSymbolInfo(left).Symbol,
            _ => null,
        };
        if (holder is not ILocalSymbol { IsRef: false, IsUsing: false, DeclaringSyntaxReferences: { Length: 1 } references } variable
            || references[0].GetSyntax() is not VariableDeclaratorSyntax
            {
                Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax declaration },
            }
            || StatementList.Holding(declaration) is not { } list
            || CarrierOf(value, list) is not { } carrier
            || !IsHeldByItAlone(variable, list, assignment, model))
        {
            return null;
        }

        return new HeldLocal(variable, list, carrier, form, Views.Of(variable, taking, list.Owner, model), mayBeEmpty: carrier != declaration);
    }

    /// <summary>How to release it in a <c>finally</c>, or null where that may release too much, too late or twice.</summary>
    public TryRelease? InFinally(SemanticModel model)
    {
        if (HeldRegion.From(_list, _list.IndexOf(_carrier) + 1, statement => _names.Any(name => statement.Span.Contains(name.Span)), model) is not { } region
            || _names.Any(name => PendingCall.Holds(name, model))
            || Views.AreReturnedFrom(region.Statements, _names, model))
        {
            return null;
        }

        List<StatementSyntax> released = [];
        foreach (InvocationExpressionSyntax call in _list.Owner.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (!_form.IsRelease(call, Variable, model))
            {
                continue;
            }

            if (ReleaseStatement.Of(call.Parent is ConditionalAccessExpressionSyntax conditional ? conditional : call) is not { } statement
                || !AsksOnlyForIt(statement, model))
            {
                return null;
            }

            released.Add(statement);
        }

        SyntaxTrivia lineEnd = Formatting.LineEnd(model.SyntaxTree.GetRoot());
        if (released.Exists(statement => FinallyRelease.IsInHandler(statement, _list.Owner)))
        {
            return EarlierTry.Of(region, released, lineEnd);
        }

        if (region.Statements.All(released.Contains))
        {
            return null;
        }

        // As it was released, if it was: the pool may have been told to clear it.
        StatementSyntax release = released.Count > 0 && released.TrueForAll(statement => statement.IsEquivalentTo(released[0], topLevel: false))
            ? released[0].WithoutTrivia()
            : _form.StatementFor(Names.Written(Variable.Name), _mayBeEmpty);
        return new FinallyBlock(region, released, release, lineEnd);
    }

    /// <summary>The statement of the list that the value is taken in, or null where it may be taken more than once.</summary>
    private static StatementSyntax? CarrierOf(ExpressionSyntax value, StatementList list)
    {
        for (SyntaxNode? node = value.Parent; node is not null; node = node.Parent)
        {
            if (node is StatementSyntax statement)
            {
                if (statement is not (BlockSyntax or IfStatementSyntax or ExpressionStatementSyntax or LocalDeclarationStatementSyntax))
                {
                    return null;
                }

                if (StatementList.Holding(statement) == list)
                {
                    return statement;
                }
            }
            else if (node is AnonymousFunctionExpressionSyntax or MemberDeclarationSyntax)
            {
                return null;
            }
        }

        return null;
    }

    private static bool IsHeldByItAlone(ILocalSymbol variable, StatementList list, AssignmentExpressionSyntax? taking, SemanticModel model)
    {
        SyntaxNode? function = PageUses.FunctionOf(list.Owner);
        return Views.NamesOf(variable, list.Owner, model).All(name =>
            PageUses.FunctionOf(name) == function && (name.Parent == taking || !IsGivenAwayOrChanged(name, model)));
    }

    private static bool IsGivenAwayOrChanged(IdentifierNameSyntax name, SemanticModel model) => name.Parent switch
    {
        AssignmentExpressionSyntax assignment => assignment.Left == name || model.GetSymbolInfo(assignment.Left).Symbol is not (ILocalSymbol { IsRef: false } or IParameterSymbol { RefKind: RefKind.None }),
        ReturnStatementSyntax or YieldStatementSyntax or ArrowExpressionClauseSyntax or RefExpressionSyntax => true,
        ArgumentSyntax argument => argument.RefKindKeyword.RawKind != 0,
        PrefixUnaryExpressionSyntax address => address.IsKind(SyntaxKind.AddressOfExpression),
        _ => false,
    };

    /// <summary>Whether the condition of a release, if it has one, is a question of what is released alone.</summary>
    private bool AsksOnlyForIt(StatementSyntax statement, SemanticModel model) => statement switch
    {
        ExpressionStatementSyntax => true,
        IfStatementSyntax branch => branch.Condition.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().All(name =>
            model.GetSymbolInfo(name).Symbol is { Kind: SymbolKind.Property } property ? property.Name == "IsAllocated"
                : SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name).Symbol, Variable)),
        _ => false,
    };
}
