using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using Microsoft.PowerShell;

namespace TroveSchedules.Serialisation;

/// <summary>
/// Gives PowerShell the properties of this module's objects, with one difference: a time's text is ISO 8601 in UTC, in every culture. By default PowerShell
/// writes 5 April as 05.04.2030 (de-DE) or 4/5/2030 (en-US), and a file written in one culture is read wrongly in another. The value stays a
/// <see cref="DateTimeOffset"/>: it is compared, sorted, calculated with, formatted (<c>-f</c>) and written to JSON as one.
/// </summary>
public sealed class TimePropertyAdapter : PSPropertyAdapter
{
    /// <summary>The type name that a time has in PowerShell besides its own. It selects the time's view.</summary>
    internal const string TimeTypeName = "TroveSchedules.Time";

    /// <inheritdoc/>
    public override Collection<PSAdaptedProperty> GetProperties(object baseObject) =>
        new([.. baseObject.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => new PSAdaptedProperty(property.Name, property))]);

    /// <inheritdoc/>
    public override PSAdaptedProperty? GetProperty(object baseObject, string propertyName) =>
        baseObject.GetType().GetProperty(propertyName, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase) is { } property
            ? new PSAdaptedProperty(property.Name, property)
            : null;

    /// <inheritdoc/>
    public override string GetPropertyTypeName(PSAdaptedProperty adaptedProperty) => ToStringCodeMethods.Type(new PSObject(Property(adaptedProperty).PropertyType));

    /// <inheritdoc/>
    public override bool IsGettable(PSAdaptedProperty adaptedProperty) => true;

    /// <inheritdoc/>
    public override bool IsSettable(PSAdaptedProperty adaptedProperty) => Property(adaptedProperty).GetSetMethod() is not null;

    /// <inheritdoc/>
    public override object? GetPropertyValue(PSAdaptedProperty adaptedProperty) => Property(adaptedProperty).GetValue(adaptedProperty.BaseObject) switch
    {
        DateTimeOffset time => WithIsoText(time),
        IEnumerable<DateTimeOffset> times => new TimeList([.. times.Select(WithIsoText)]),
        var value => value,
    };

    /// <inheritdoc/>
    public override void SetPropertyValue(PSAdaptedProperty adaptedProperty, object value) =>
        Property(adaptedProperty).SetValue(adaptedProperty.BaseObject, LanguagePrimitives.ConvertTo(value, Property(adaptedProperty).PropertyType, CultureInfo.InvariantCulture));

    /// <summary>The expiry of a session's token as a time with ISO 8601 text.</summary>
    public static PSObject TokenExpiresAt(PSObject session) => WithIsoText(((TroveSession)session.BaseObject).TokenExpiresAt);

    /// <summary>The time of a session's cloud as a time with ISO 8601 text.</summary>
    public static PSObject CloudTime(PSObject session) => WithIsoText(((TroveSession)session.BaseObject).CloudTime);

    /// <summary>Whether a property of this type contains one or more times.</summary>
    internal static bool IsTime(Type type) => type == typeof(DateTimeOffset) || type == typeof(DateTimeOffset?) || typeof(IEnumerable<DateTimeOffset>).IsAssignableFrom(type);

    private static PropertyInfo Property(PSAdaptedProperty adapted) => (PropertyInfo)adapted.Tag;

    private static PSObject WithIsoText(DateTimeOffset time)
    {
        var value = new PSObject(time);
        value.TypeNames.Insert(0, TimeTypeName);
        value.Members.Add(new ToStringMethod(time));
        return value;
    }

    private sealed class TimeList(IList<PSObject> times) : ReadOnlyCollection<PSObject>(times)
    {
        public override string ToString() => string.Join("; ", this);
    }

    // PowerShell passes the format of -f only to a method that reports several overloads.
    private sealed class ToStringMethod : PSMethodInfo
    {
        private readonly DateTimeOffset _time;

        public ToStringMethod(DateTimeOffset time)
        {
            _time = time;
            SetMemberName(nameof(ToString));
        }

        public override PSMemberTypes MemberType => PSMemberTypes.CodeMethod;

        public override string TypeNameOfValue => typeof(string).FullName!;

        public override Collection<string> OverloadDefinitions =>
            ["string ToString()", "string ToString(string format)", "string ToString(System.IFormatProvider formatProvider)", "string ToString(string format, System.IFormatProvider formatProvider)"];

        public override PSMemberInfo Copy() => new ToStringMethod(_time);

        public override object Invoke(params object?[] arguments)
        {
            object?[] plain = [.. arguments.Select(argument => argument is PSObject wrapped ? wrapped.BaseObject : argument)];
            string? format = plain.OfType<string>().FirstOrDefault();
            var provider = plain.OfType<IFormatProvider>().FirstOrDefault();
            // PowerShell's formatting always passes a provider, with an empty format if the user gave none.
            return string.IsNullOrEmpty(format) && plain.Length != 1 ? IsoTime.Format(_time) : _time.ToString(format, provider ?? CultureInfo.CurrentCulture);
        }
    }
}
