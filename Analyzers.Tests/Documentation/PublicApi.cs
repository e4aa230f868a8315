using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace BufferLifetime.Analyzers.Tests.Documentation;

/// <summary>What an assembly shows to its users: a line for every type and member, the members below their type.</summary>
internal static class PublicApi
{
    private static readonly SymbolDisplayFormat TypeFormat = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints | SymbolDisplayGenericsOptions.IncludeVariance,
        kindOptions: SymbolDisplayKindOptions.IncludeTypeKeyword,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private static readonly SymbolDisplayFormat MemberFormat = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints,
        memberOptions: SymbolDisplayMemberOptions.IncludeModifiers | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeParameters
            | SymbolDisplayMemberOptions.IncludeConstantValue | SymbolDisplayMemberOptions.IncludeRef,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeParamsRefOut
            | SymbolDisplayParameterOptions.IncludeDefaultValue | SymbolDisplayParameterOptions.IncludeExtensionThis,
        propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        kindOptions: SymbolDisplayKindOptions.IncludeMemberKeyword,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>Reads an assembly.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="framework">What it was compiled against, or a later version of that.</param>
    public static IEnumerable<string> Of(MetadataReference assembly, IEnumerable<MetadataReference> framework)
    {
        var compilation = CSharpCompilation.Create("Reader", references: [assembly, .. framework]);
        var symbol = (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(assembly)!;
        return TypesOf(symbol.GlobalNamespace).OrderBy(type => type.ToDisplayString(), StringComparer.Ordinal).SelectMany(LinesOf);
    }

    private static IEnumerable<INamedTypeSymbol> TypesOf(INamespaceOrTypeSymbol outer) =>
        outer.GetMembers().OfType<INamespaceOrTypeSymbol>().SelectMany(inner => inner switch
        {
            INamedTypeSymbol type => IsSeen(type) ? TypesOf(type).Prepend(type) : [],
            _ => TypesOf(inner),
        });

    private static IEnumerable<string> LinesOf(INamedTypeSymbol type)
    {
        string modifiers = type switch
        {
            { TypeKind: TypeKind.Class, IsStatic: true } => "static ",
            { TypeKind: TypeKind.Class, IsAbstract: true } => "abstract ",
            { TypeKind: TypeKind.Class, IsSealed: true } => "sealed ",
            _ => "",
        };
        IEnumerable<ITypeSymbol?> above = type.TypeKind == TypeKind.Enum ? [type.EnumUnderlyingType] : [IsWorthTelling(type.BaseType) ? type.BaseType : null, .. type.Interfaces];
        string bases = string.Join(", ", above.OfType<ITypeSymbol>().Select(one => one.ToDisplayString(MemberFormat)).Order(StringComparer.Ordinal));
        string parameters = type.DelegateInvokeMethod is { } invoke ? $" = {invoke.ToDisplayString(MemberFormat)}" : "";

        yield return $"{modifiers}{type.ToDisplayString(TypeFormat)}{(bases.Length > 0 ? " : " + bases : "")}{parameters}";
        if (type.TypeKind == TypeKind.Delegate)
            yield break;

        foreach (string member in type.GetMembers().Where(IsListed).Select(LineOf).Order(StringComparer.Ordinal))
            yield return "    " + member;
    }

    private static string LineOf(ISymbol member) =>
        (member.DeclaredAccessibility == Accessibility.Public ? "" : "protected ") + member.ToDisplayString(MemberFormat);

    private static bool IsWorthTelling(INamedTypeSymbol? above) =>
        above is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType or SpecialType.System_MulticastDelegate) };

    private static bool IsListed(ISymbol member) =>
        member is not INamedTypeSymbol and not IMethodSymbol { AssociatedSymbol: not null } && !member.IsImplicitlyDeclared && IsSeen(member)
        && (member.DeclaredAccessibility == Accessibility.Public || !member.ContainingType.IsSealed);

    private static bool IsSeen(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;
}
