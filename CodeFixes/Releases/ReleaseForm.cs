using BufferLifetime.Analyzers.Symbols;
using BufferLifetime.CodeFixes.Pages;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Releases;

/// <summary>How what an expression takes is given back, as code.</summary>
internal sealed class ReleaseForm
{
    private const string Interop = "System.Runtime.InteropServices.";
    private const string GCHandle = Interop + "GCHandle";

    /// <summary>What takes something, with the member of the same receiver that gives it back.</summary>
    private static readonly Dictionary<(string Type, string Member), string> Verbs = new()
    {
        [("System.Buffers.ArrayPool`1", "Rent")] = "Return",
        [(Interop + "Marshal", "AllocHGlobal")] = "FreeHGlobal",
        [(Interop + "Marshal", "AllocCoTaskMem")] = "FreeCoTaskMem",
        [(Interop + "NativeMemory", "Alloc")] = "Free",
        [(Interop + "NativeMemory", "AllocZeroed")] = "Free",
        [(Interop + "NativeMemory", "AlignedAlloc")] = "AlignedFree",
    };

    private readonly string? _receiver;
    private readonly ITypeSymbol _type;

    private ReleaseForm(string? receiver, string verb, ITypeSymbol type)
    {
        _receiver = receiver;
        Verb = verb;
        _type = type;
    }

    /// <summary>The name of the member that gives back.</summary>
    public string Verb { get; }

    /// <summary>The form for what an expression takes, or null where none is known.</summary>
    public static ReleaseForm? Of(ExpressionSyntax taking, SemanticModel model)
    {
        if (model.GetTypeInfo(taking).Type is not { } type)
        {
            return null;
        }

        if (taking is InvocationExpressionSyntax call && model.GetSymbolInfo(call).Symbol is IMethodSymbol method)
        {
            while (method.OverriddenMethod is { } overridden)
            {
                method = overridden;
            }

            if (Verbs.TryGetValue((MetadataNames.Of(method.ContainingType) ?? "", method.Name), out string? verb))
            {
                return call.Expression is MemberAccessExpressionSyntax { Expression: var receiver } && IsName(receiver)
                    ? new ReleaseForm(receiver.WithoutTrivia().ToString(), verb, type)
                    : null;
            }
        }

        return MetadataNames.Of(type) == GCHandle ? new ReleaseForm(null, "Free", type)
            : IsDisposable(type) ? new ReleaseForm(null, "Dispose", type)
            : null;
    }

    /// <summary>Whether a call gives back what a variable or a field holds.</summary>
    public bool IsRelease(InvocationExpressionSyntax call, ISymbol holder, SemanticModel model)
    {
        ExpressionSyntax? released = _receiver is not null ? call.ArgumentList.Arguments.FirstOrDefault()?.Expression
            : call.Expression is MemberAccessExpressionSyntax access ? access.Expression
            : call is { Expression: MemberBindingExpressionSyntax, Parent: ConditionalAccessExpressionSyntax conditional } ? conditional.Expression
            : null;
        return Acquisition.NameOf(call)?.Identifier.ValueText == Verb
            && released is not null
            && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(Bare(released)).Symbol, holder);
    }

    /// <summary>What a call gives back: its argument or its receiver. Null where it is not known to give anything back.</summary>
    public static ExpressionSyntax? ReleasedBy(InvocationExpressionSyntax call, SemanticModel model)
    {
        if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol method)
        {
            return null;
        }

        while (method.OverriddenMethod is { } overridden)
        {
            method = overridden;
        }

        string type = MetadataNames.Of(method.ContainingType) ?? "";
        return Verbs.Any(verb => verb.Value == method.Name && verb.Key.Type == type) ? call.ArgumentList.Arguments.FirstOrDefault() is { } argument ? Bare(argument.Expression) : null
            : method is { Name: "Free" or "Dispose", Parameters.IsEmpty: true, IsStatic: false } && call.Expression is MemberAccessExpressionSyntax access ? Bare(access.Expression)
            : null;
    }

    /// <summary>The statement that gives back what a place holds.</summary>
    /// <param name="holder">The place.</param>
    /// <param name="mayBeEmpty">Whether it may hold nothing.</param>
    public StatementSyntax StatementFor(string holder, bool mayBeEmpty)
    {
        string release = _receiver is null ? $"{holder}.{Verb}();" : $"{_receiver}.{Verb}({holder});";
        return SyntaxFactory.ParseStatement(
            !mayBeEmpty ? release
            : _receiver is null && _type.IsReferenceType ? $"{holder}?.{Verb}();"
            : ConditionFor(holder) is { } condition ? $"if ({condition})\n    {release}"
            : release);
    }

    /// <summary>What is true of a place where it holds something, or null where that need not be asked.</summary>
    public string? ConditionFor(string holder) =>
        _type.IsReferenceType || _type is IPointerTypeSymbol ? $"{holder} != null"
        : MetadataNames.Of(_type) == GCHandle ? $"{holder}.IsAllocated"
        : _type.SpecialType is SpecialType.System_IntPtr or SpecialType.System_UIntPtr ? $"{holder} != 0"
        : null;

    /// <summary>An expression without what does not change its value.</summary>
    public static ExpressionSyntax Bare(ExpressionSyntax expression) => expression switch
    {
        ParenthesizedExpressionSyntax parenthesized => Bare(parenthesized.Expression),
        CastExpressionSyntax cast => Bare(cast.Expression),
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } suppressed => Bare(suppressed.Operand),
        _ => expression,
    };

    /// <summary>Whether an expression only names something: read again it is the same.</summary>
    private static bool IsName(ExpressionSyntax expression) => expression switch
    {
        SimpleNameSyntax or ThisExpressionSyntax or BaseExpressionSyntax or PredefinedTypeSyntax => true,
        MemberAccessExpressionSyntax access => IsName(access.Expression),
        _ => false,
    };

    private static bool IsDisposable(ITypeSymbol type) =>
        type.SpecialType == SpecialType.System_IDisposable || type.AllInterfaces.Any(static i => i.SpecialType == SpecialType.System_IDisposable);
}
